import t from 'tap'
import { doctor, type Asked, type Row } from '../../install/doctor.ts'
import { thisMachine, type Machine } from '../../install/machine.ts'
import type { Facts } from '../../install/windows/system.ts'
import { missing, noLinux } from '../rig/need.ts'

const systemError = (code: string, message = code): Error =>
  Object.assign(new Error(message), { code })

const throwing = (code: string, message?: string) => (): never => {
  throw systemError(code, message)
}

/** What a package may throw, too. */
const saying = (): never => {
  throw 'text' as unknown as Error
}

const nowhere = (): undefined => undefined

/** Where fuse 2 alone is installed. */
const onlyOld = (program: string): string | undefined =>
  program === 'fusermount' ? '/bin/fusermount' : undefined

const values: Readonly<Record<string, string>> = {
  'SOFTWARE\\WinFsp\\InstallDir': 'C:\\WinFsp\\',
  'SYSTEM\\CurrentControlSet\\Services\\WinFsp.Launcher\\ImagePath':
    'C:\\WinFsp\\bin\\launcher-x64.exe',
  'SOFTWARE\\WinFsp\\Services\\winprocfs\\Executable': 'C:\\node.exe',
  'SOFTWARE\\WinFsp\\Services\\winprocfs\\CommandLine':
    '"C:\\100%%\\cli.js" mount --unc %1 %2',
  'SOFTWARE\\winprocfs\\Task': 'winprocfs',
}

/** A Windows that has everything. */
const windows: Facts = {
  value: (key, name) => values[`${key}\\${name}`],
  exists: () => true,
  fileVersion: () => [2, 2],
  isElevated: () => true,
}

/** A machine that has everything; tests take things away. */
const whole: Machine = {
  platform: 'linux',
  arch: 'x64',
  version: '20.19.0',
  uid: 1000,
  which: program => `/usr/bin/${program}`,
  read: () => 'CapEff:\t000001ffffffffff\n',
  stat: () => ({ mode: 0o104755, uid: 0 }),
  open: () => {},
  load: () => ({ version: '3.3.4' }),
  windows,
}

const asked: Asked = { stale: () => [], loadFuseNative: () => {} }

const rowOf = (
  name: string,
  lacking: Partial<Machine>,
  told: Partial<Asked> = {},
): Row | undefined =>
  doctor({ ...asked, ...told }, { ...whole, ...lacking }).find(
    row => row.name === name,
  )

t.test('a machine that has everything', t => {
  t.strictSame(doctor(asked, whole), [
    { name: 'node', ok: true, detail: '20.19.0' },
    { name: 'koffi', ok: true, detail: '3.3.4' },
    { name: '/proc', ok: true, detail: "the kernel's own can be read" },
    { name: '/dev/fuse', ok: true, detail: 'can be opened' },
    { name: 'fusermount3', ok: true, detail: '/usr/bin/fusermount3' },
    { name: 'fuse-native', ok: true, detail: 'loads' },
    { name: 'stale mounts', ok: true, detail: 'none' },
  ])
  t.end()
})

t.test('node is needed from 20.19 on', t => {
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '100.1.0'])
    t.equal(rowOf('node', { version })?.ok, true, version)
  for (const version of ['20.18.3', '18.99.0', '9.0.0'])
    t.strictSame(rowOf('node', { version }), {
      name: 'node',
      ok: false,
      detail: `${version} is too old`,
      remedy: 'install Node 20.19 or later',
    })
  t.end()
})

t.test('koffi that does not load', t => {
  const load = throwing('MODULE_NOT_FOUND', "Cannot find module 'koffi'\nat x")
  t.strictSame(rowOf('koffi', { load, arch: 'mips' }), {
    name: 'koffi',
    ok: false,
    detail: "does not load on linux mips: Cannot find module 'koffi'",
    remedy: 'npm install koffi',
  })
  t.equal(rowOf('koffi', { load: () => ({}) })?.detail, 'loads')
  t.equal(
    rowOf('koffi', { load: saying })?.detail,
    'does not load on linux x64: text',
  )
  t.end()
})

t.test("the kernel's /proc that is not mounted", t => {
  const read = throwing('ENOENT', "ENOENT: open '/proc/self/maps'")
  t.strictSame(rowOf('/proc', { read }), {
    name: '/proc',
    ok: false,
    detail: "ENOENT: open '/proc/self/maps'",
    remedy: 'mount -t proc proc /proc',
  })
  t.end()
})

t.test('/dev/fuse that cannot be opened, by reason', t => {
  const remedies = {
    ENOENT: 'modprobe fuse; start the container with --device /dev/fuse',
    ENXIO: 'modprobe fuse',
    ENODEV: 'modprobe fuse',
    EPERM: 'start the container with --device /dev/fuse',
    EACCES: 'run as root, or chmod 666 /dev/fuse',
  }
  for (const [code, remedy] of Object.entries(remedies))
    t.strictSame(rowOf('/dev/fuse', { open: throwing(code) }), {
      name: '/dev/fuse',
      ok: false,
      detail: code,
      remedy,
    })
  t.strictSame(rowOf('/dev/fuse', { open: throwing('EMFILE') }), {
    name: '/dev/fuse',
    ok: false,
    detail: 'EMFILE',
  })
  t.end()
})

t.test('root needs the capability to mount, a user does not', t => {
  t.equal(rowOf('CAP_SYS_ADMIN', {}), undefined)
  t.equal(rowOf('CAP_SYS_ADMIN', { uid: 0 })?.ok, true)
  for (const status of ['CapEff:\t00000000a80425fb\n', 'Name:\tnode\n'])
    t.strictSame(rowOf('CAP_SYS_ADMIN', { uid: 0, read: () => status }), {
      name: 'CAP_SYS_ADMIN',
      ok: false,
      detail: 'root may not mount here',
      remedy: 'start the container with --cap-add SYS_ADMIN',
    })
  t.end()
})

t.test('fusermount3 that is missing: a user needs it, root does not', t => {
  const row = {
    name: 'fusermount3',
    detail: 'not installed; users other than root mount through it',
    remedy: 'install the package fuse3',
  }
  t.strictSame(rowOf('fusermount3', { which: nowhere }), {
    ...row,
    ok: false,
  })
  t.strictSame(rowOf('fusermount3', { which: nowhere, uid: 0 }), {
    ...row,
    ok: 'optional',
  })
  t.end()
})

t.test('fusermount does, where it is all there is', t => {
  t.equal(rowOf('fusermount3', { which: onlyOld })?.detail, '/bin/fusermount')
  t.end()
})

t.test('fusermount3 must be setuid root', t => {
  const stats = [
    { mode: 0o100755, uid: 0 },
    { mode: 0o104755, uid: 1000 },
  ]
  for (const stat of stats)
    t.strictSame(rowOf('fusermount3', { stat: () => stat }), {
      name: 'fusermount3',
      ok: false,
      detail: '/usr/bin/fusermount3 is not setuid root',
      remedy: 'install the package fuse3 anew',
    })
  t.end()
})

t.test('fuse-native may be missing', t => {
  const loadFuseNative = throwing(
    'MODULE_NOT_FOUND',
    'libfuse.so.2: cannot open; install libfuse2',
  )
  t.strictSame(rowOf('fuse-native', {}, { loadFuseNative }), {
    name: 'fuse-native',
    ok: 'optional',
    detail:
      'libfuse.so.2: cannot open; install libfuse2 ' +
      '(only --host fuse-native uses it)',
  })
  t.end()
})

t.test('each stale mount is named with what takes it away', t => {
  const points = ['/mnt', "/a b'c"]
  t.strictSame(rowOf('stale mounts', {}, { stale: () => points }), {
    name: 'stale mounts',
    ok: false,
    detail: "the server is gone of /mnt, /a b'c",
    remedy: `winprocfs unmount /mnt; winprocfs unmount '/a b'\\''c'`,
  })
  t.end()
})

t.test('nothing is mounted on a Mac', t => {
  const rows = doctor(asked, { ...whole, platform: 'darwin', uid: 501 })
  t.strictSame(
    rows.map(({ name, ok }) => [name, ok]),
    [
      ['node', true],
      ['koffi', true],
      ['mount', false],
    ],
  )
  t.equal(rows.at(-1)?.detail, 'this version mounts on Linux and Windows only')
  t.end()
})

const win32: Machine = { ...whole, platform: 'win32', uid: undefined }

/** The rows of a Windows that lacks something. */
const onWindows = (lacking: Partial<Facts>, arch = 'x64'): Row[] =>
  doctor(asked, { ...win32, arch, windows: { ...windows, ...lacking } })

const without =
  (...lost: readonly string[]): Facts['value'] =>
  (key, name) =>
    lost.some(each => `${key}\\${name}`.endsWith(each))
      ? undefined
      : windows.value(key, name)

t.test('a Windows that has everything', t => {
  t.strictSame(onWindows({}), [
    { name: 'node', ok: true, detail: '20.19.0' },
    { name: 'koffi', ok: true, detail: '3.3.4' },
    {
      name: 'administrator',
      ok: true,
      detail: 'elevated: drives are seen by elevated programs',
    },
    { name: 'WinFsp', ok: true, detail: 'C:\\WinFsp\\' },
    {
      name: 'WinFsp DLL',
      ok: true,
      detail: 'C:\\WinFsp\\bin\\winfsp-x64.dll, version 2.2',
    },
    {
      name: 'WinFsp.Launcher',
      ok: true,
      detail: 'C:\\WinFsp\\bin\\launcher-x64.exe',
    },
    {
      name: 'net use',
      ok: true,
      detail: '\\\\winprocfs starts C:\\100%\\cli.js',
    },
    {
      name: 'at boot',
      ok: true,
      detail: 'mounted by the scheduled task winprocfs',
    },
  ])
  t.end()
})

t.test('a Windows without WinFsp', t => {
  t.strictSame(onWindows({ value: () => undefined }).slice(3), [
    {
      name: 'WinFsp',
      ok: false,
      detail: 'not installed',
      remedy: 'winget install WinFsp.WinFsp',
    },
    {
      name: 'net use',
      ok: 'optional',
      detail: '\\\\winprocfs is not registered with the Launcher',
      remedy: 'winprocfs install',
    },
  ])
  t.end()
})

t.test('releases of WinFsp that are known to be vulnerable', t => {
  const table: readonly (readonly [readonly [number, number], Row['ok']])[] = [
    [[2, 0], 'warning'],
    [[2, 1], 'warning'],
    [[2, 2], true],
    [[3, 0], true],
  ]
  for (const [release, ok] of table) {
    const row = onWindows({ fileVersion: () => release })[4]
    t.equal(row?.ok, ok, release.join('.'))
    t.equal(/CVE-2026-3006, CVE-2026-7162/.test(row?.detail ?? ''), ok !== true)
    t.equal(row?.remedy !== undefined, ok !== true)
  }
  t.match(onWindows({ fileVersion: () => undefined })[4], {
    ok: 'warning',
    detail: /does not tell its version/,
  })
  t.end()
})

t.test('a release of WinFsp that is too old for a mount', t => {
  for (const release of [
    [1, 12],
    [0, 99],
  ] as const)
    t.strictSame(onWindows({ fileVersion: () => release })[4], {
      name: 'WinFsp DLL',
      ok: false,
      detail: `C:\\WinFsp\\bin\\winfsp-x64.dll, version ${release.join('.')}: too old, 2.0 is needed`,
      remedy: 'winget upgrade WinFsp.WinFsp',
    })
  t.end()
})

t.test('each architecture has its DLL', t => {
  const table = [
    ['x64', /winfsp-x64\.dll/],
    ['ia32', /winfsp-x86\.dll/],
    ['arm64', /winfsp-a64\.dll/],
  ] as const
  for (const [arch, detail] of table)
    t.match(onWindows({}, arch)[4], { ok: true, detail })
  t.match(onWindows({}, 'mips')[4], { ok: false, detail: /none for mips/ })
  t.match(onWindows({ exists: path => !path.endsWith('.dll') })[4], {
    ok: false,
    detail: 'C:\\WinFsp\\bin\\winfsp-x64.dll is not there',
    remedy: 'uninstall WinFsp, then winget install WinFsp.WinFsp',
  })
  t.end()
})

t.test('what else a Windows may lack', t => {
  t.match(onWindows({ isElevated: () => false })[2], {
    ok: 'optional',
    detail: /^not elevated/,
  })
  t.match(onWindows({ value: without('ImagePath') })[5], {
    ok: 'optional',
    detail: /the service is not registered/,
  })
  t.equal(onWindows({ value: without('Task') }).length, 7)
  const gone = (path: string): Row | undefined =>
    onWindows({ exists: each => each !== path })[6]
  for (const path of ['C:\\node.exe', 'C:\\100%\\cli.js'])
    t.strictSame(gone(path), {
      name: 'net use',
      ok: false,
      detail: `\\\\winprocfs starts ${path}, which is not there`,
      remedy: 'winprocfs install, or winprocfs uninstall',
    })
  const isElevated = throwing('MODULE_NOT_FOUND', 'no koffi')
  t.match(onWindows({ isElevated })[2], {
    ok: false,
    detail: 'cannot be looked at: no koffi',
  })
  t.end()
})

t.test('this machine is looked at', missing(noLinux), t => {
  const rows = doctor(asked)
  const found = (name: string): Row | undefined =>
    rows.find(row => row.name === name)
  t.equal(found('node')?.detail, process.versions.node)
  t.equal(found('koffi')?.ok, true)
  t.equal(found('/proc')?.ok, true)
  t.ok(rows.every(({ detail }) => detail !== ''))
  t.equal(thisMachine.which('sh')?.endsWith('/sh'), true)
  t.equal(thisMachine.which('no-such-program'), undefined)
  t.throws(() => thisMachine.open('/dev/no-such-device'), { code: 'ENOENT' })
  t.end()
})
