import t from 'tap'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { mount, unmount } from '../../../fs/fuse/mount.ts'
import { isOurPoint } from '../../../fs/fuse/mountpoint.ts'
import {
  missing,
  noFile,
  noLinux,
  noProgram,
  noRoot,
  which,
} from '../../rig/need.ts'
import { newPlace, run, runPrivately, serve } from '../../rig/mounted.ts'

const nobody = 65534

const needs = missing(noLinux, noRoot, noFile('/dev/fuse'))
const needsUser = missing(
  noLinux,
  noRoot,
  noFile('/dev/fuse'),
  noProgram('unshare'),
  noProgram('setpriv'),
  noProgram('fusermount3'),
)

const place = newPlace()
t.teardown(() => place.remove())

const lineOf = (text: string, point: string): string =>
  text.split('\n').find(line => line.includes(` ${point} `)) ?? ''

t.test(
  'root mounts for all users, without devices or programs',
  needs,
  async t => {
    const point = place.point('root')
    const server = await serve(point)
    const line = lineOf(readFileSync('/proc/self/mountinfo', 'utf8'), point)
    t.match(line, / rw,nosuid,nodev,noexec,relatime /)
    t.match(
      line,
      / - fuse\.winprocfs winprocfs rw,user_id=0,group_id=0,allow_other$/,
    )
    t.equal(isOurPoint(point), true)

    const asked = [
      '--reuid',
      '65534',
      '--clear-groups',
      'stat',
      '-c',
      '%a',
      point,
    ]
    t.equal(run('setpriv', ...asked).stdout, '555\n')

    unmount(point)
    t.equal(await server.ended, 0, 'the server sees that it is unmounted')
    t.equal(isOurPoint(point), false)
  },
)

t.test('an unmount from outside ends the server', needs, async t => {
  const point = place.point('outside')
  const server = await serve(point)
  t.equal(run('umount', point).status, 0)
  t.equal(await server.ended, 0)
})

t.test('a mount is taken away with a program inside it', needs, async t => {
  const point = place.point('busy')
  const server = await serve(point)
  const inside = spawn('sh', ['-c', `cd ${point} && echo in && exec cat`])
  await once(inside.stdout, 'data')
  t.match(run('umount', point).stderr, /busy/)
  unmount(point)
  t.equal(isOurPoint(point), false)
  inside.stdin.end()
  await once(inside, 'close')
  t.equal(await server.ended, 0, 'once nobody is inside any more')
})

t.test('a mount is taken away whose server hangs', needs, async t => {
  const point = place.point('hung')
  const server = await serve(point, 'hang')
  unmount(point)
  t.equal(isOurPoint(point), false)
  await server.kill()
})

t.test('only a mount of ours is taken away', needs, t => {
  const point = place.point('other')
  const refused = {
    code: 'EINVAL',
    message: `${point}: no winprocfs is mounted there`,
  }
  t.throws(() => unmount(point), refused)
  t.equal(run('mount', '-t', 'tmpfs', 'tmpfs', point).status, 0)
  t.throws(() => unmount(point), refused)
  t.equal(run('umount', point).status, 0, 'still there')
  t.throws(() => unmount('/proc'), { code: 'EINVAL' })
  t.end()
})

t.test('a mount that fails tells why', needs, t => {
  t.throws(() => mount(join(place.folder, 'none')), {
    code: 'ENOENT',
    message: `${place.folder}/none: mount: No such file or directory`,
  })
  const module = new URL('../../../fs/fuse/mount.js', import.meta.url).href
  const script = `import('${module}').then(({ mount }) => {
    try { mount('${place.point('bound')}'); console.log('mounted') }
    catch ({ code, message }) { console.log(code, message) }
  })`
  const { stdout } = run(
    'setpriv',
    '--bounding-set=-sys_admin',
    process.execPath,
    '-e',
    script,
  )
  t.match(stdout, /^EPERM .*\/bound: .*--cap-add SYS_ADMIN/)
  t.end()
})

const own = (name: string): string => {
  const point = place.point(name)
  chownSync(place.folder, nobody, nobody)
  chownSync(point, nobody, nobody)
  return point
}

const child = new URL('../../rig/fuse-child.js', import.meta.url).pathname
const module = new URL('../../../fs/fuse/mount.js', import.meta.url).href

/** `node -e` text that does one thing with our mount.js, and tells how. */
const act = (what: string, point: string): string =>
  `import('${module}').then(({ ${what} }) => {
    try { ${what}('${point}'); console.log('${what}') }
    catch ({ code, message }) { console.log(code, message) }
  })`

/** Serves as nobody until it is unmounted by nobody. */
const session = `
  node=$1; child=$2; point=$3; unmount=$4
  setpriv --reuid 65534 --regid 65534 --clear-groups \
    "$node" "$child" "$point" >"$point.log" &
  for _ in $(seq 100); do test -s "$point.log" && break; sleep 0.05; done
  cat "$point.log"
  grep " $point " /proc/self/mountinfo
  for fd in /proc/$!/fd/*; do
    if test "$(readlink $fd)" = /dev/fuse; then
      grep flags /proc/$!/fdinfo/\${fd##*/}
    fi
  done
  user stat -c %a "$point"
  stat "$point" 2>&1 >/dev/null || true
  user "$node" -e "$unmount"
  wait $!
  echo "ended $?"
`

t.test('a user mounts and unmounts through fusermount3', needsUser, t => {
  const point = own('user')
  const { stdout, stderr } = runPrivately(
    session,
    process.execPath,
    child,
    point,
    act('unmount', point),
  )
  const [mounted, line, flags, mode, root, ...rest] = stdout.trim().split('\n')
  t.equal(stderr, '')
  t.equal(mounted, 'mounted')
  t.match(line, / rw,nosuid,nodev,noexec,relatime /)
  t.match(
    line,
    / - fuse\.winprocfs winprocfs rw,user_id=65534,group_id=65534$/,
    'for that user alone',
  )
  t.match(flags, /^flags:\s*0?2104002$/, 'O_RDWR, O_NONBLOCK and O_CLOEXEC')
  t.equal(mode, '555')
  t.match(root, /Permission denied/, 'not even root may look')
  t.strictSame(rest, ['unmount', 'ended 0'])
  t.end()
})

t.test('a user without fusermount3 is told what to install', needsUser, t => {
  const point = own('alone')
  const { stdout } = runPrivately(
    'PATH=/nowhere; export PATH; exec "$@"',
    which('setpriv') as string,
    '--reuid=65534',
    process.execPath,
    '-e',
    act('mount', point),
  )
  t.match(
    stdout,
    /^ENOENT fusermount3 is not installed: install the package fuse3, or run as root\n$/,
  )
  t.end()
})

t.test('fusermount is taken where there is no fusermount3', needsUser, t => {
  const point = own('old')
  const programs = join(place.folder, 'bin')
  mkdirSync(programs)
  symlinkSync(which('fusermount3') as string, join(programs, 'fusermount'))
  const { stdout } = runPrivately(
    'PATH=$1; export PATH; shift; exec "$@"',
    programs,
    which('setpriv') as string,
    '--reuid=65534',
    process.execPath,
    '-e',
    act('mount', point),
  )
  t.equal(stdout, 'mount\n')
  t.end()
})

t.test('what fusermount3 complains of is passed on', needsUser, t => {
  const point = place.point('foreign')
  const { stdout } = runPrivately(
    'user "$@"',
    process.execPath,
    '-e',
    act('mount', point),
  )
  t.match(stdout, /^EPERM fusermount3: .*foreign/)
  const denied = runPrivately(
    'chmod 600 /dev/fuse; user "$@"',
    process.execPath,
    '-e',
    act('mount', own('denied')),
  )
  t.match(denied.stdout, /^EPERM fusermount3: .*\/dev\/fuse: Permission denied/)
  t.end()
})
