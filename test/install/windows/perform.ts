import t from 'tap'
import { install, uninstall } from '../../../install/install.ts'
import { Refusal } from '../../../install/windows/refusal.ts'
import type { Value } from '../../../install/windows/registry.ts'
import type { Windows } from '../../../install/windows/system.ts'

const product = '{AAAAAAAA-1111-2222-3333-0123456789AB}'
const winfsp = 'SOFTWARE\\WinFsp'
const service = `${winfsp}\\Services\\winprocfs`
const record = 'SOFTWARE\\winprocfs'
const program = {
  node: 'C:\\Program Files\\nodejs\\node.exe',
  cli: 'C:\\Program Files\\winprocfs\\cli.js',
}

type Key = Record<string, Value>

/** A Windows in memory: its keys, its tasks, what was run on it. */
const made = (keys: Record<string, Key> = {}, exit: number[] = []) => {
  const ran: string[] = []
  const tasks = new Map<string, string>()
  const schtasks = ([verb, , name = '']: readonly string[]): number => {
    if (!tasks.has(name)) return 1
    if (verb === '/Delete') tasks.delete(name)
    return 0
  }
  const windows: Windows = {
    value: (key, name) => keys[key]?.[name],
    exists: path => path === 'C:\\winfsp.msi',
    fileVersion: () => [2, 2],
    isElevated: () => true,
    user: () => 'S-1-5-21-1-2-3-1001',
    guarded: () => ['C:\\Program Files'],
    products: () => (keys[winfsp] ? [product] : []),
    set: (key, values) => (keys[key] = { ...keys[key], ...values }),
    remove: key => delete keys[key],
    run: (tool, args) => {
      ran.push([tool, ...args.slice(0, 2)].join(' '))
      if (tool === 'schtasks') return schtasks(args)
      const code = exit.shift() ?? 0
      if ([0, 3010, 1641].includes(code)) {
        if (args[0] === '/x') delete keys[winfsp]
        else keys[winfsp] = { InstallDir: 'C:\\WinFsp\\' }
      }
      return code
    },
    task: (name, xml) => tasks.set(name, xml),
  }
  return { keys, ran, tasks, windows }
}

const told: string[] = []
const tell = (line: string): void => void told.push(line)
t.beforeEach(() => void (told.length = 0))

t.test('there and back, on a bare Windows', t => {
  const { keys, ran, tasks, windows } = made()
  const there = install(program, { boot: 'P:' }, 'win32', windows)
  t.equal(there.lines.length, 3)
  t.same(keys, {}, 'nothing is done yet')
  t.equal(there.run(tell), false)
  t.same(told, there.lines)
  t.same(Object.keys(keys), [winfsp, record, service])
  t.same(keys[record], { WinFsp: product, Task: 'winprocfs' })
  t.ok(tasks.get('winprocfs')?.includes('mount P:'))
  t.same(ran, ['winget install --id=WinFsp.WinFsp'])

  const back = uninstall(false, 'win32', windows)
  t.equal(back.lines.length, 3)
  back.run(tell)
  t.same(keys, {})
  t.equal(tasks.size, 0)
  t.same(uninstall(false, 'win32', windows).lines, [], 'nothing is left')
  t.end()
})

t.test('a WinFsp that was there stays', t => {
  const before = { [winfsp]: { InstallDir: 'C:\\WinFsp\\' } }
  const { keys, ran, windows } = made(structuredClone(before))
  install(program, {}, 'win32', windows).run(tell)
  t.same(Object.keys(keys), [winfsp, service])
  uninstall(false, 'win32', windows).run(tell)
  t.same(keys, before)
  t.same(ran, [])
  t.end()
})

t.test('installing anew leaves no value of the last time', t => {
  const { keys, windows } = made({
    [winfsp]: { InstallDir: 'C:\\WinFsp\\' },
    [service]: { Executable: 'old.exe', Recovery: 1 },
  })
  install(program, {}, 'win32', windows).run(tell)
  t.notOk('Recovery' in (keys[service] ?? {}))
  t.equal(keys[service]?.['Executable'], program.node)
  t.end()
})

t.test('a task that is gone already is no failure', t => {
  const { keys, tasks, windows } = made()
  install(program, { boot: 'P:' }, 'win32', windows).run(tell)
  tasks.clear()
  uninstall(true, 'win32', windows).run(tell)
  t.same(Object.keys(keys), [winfsp])
  t.end()
})

t.test('a task that cannot be deleted keeps its record', t => {
  const { keys, windows } = made()
  install(program, { boot: 'P:' }, 'win32', windows).run(tell)
  const stubborn: Windows = {
    ...windows,
    run: (tool, args) => (args[0] === '/Delete' ? 5 : windows.run(tool, args)),
  }
  t.throws(
    () => uninstall(false, 'win32', stubborn).run(tell),
    new Refusal('schtasks ended with exit code 5'),
  )
  t.ok(keys[record])
  t.end()
})

t.test('exit codes of installers', t => {
  const msi = 'C:\\winfsp.msi'
  const of = (code: number) => {
    const { keys, windows } = made({}, [code])
    return {
      keys,
      run: () => install(program, { msi }, 'win32', windows).run(tell),
    }
  }
  t.equal(of(0).run(), false)
  for (const code of [3010, 1641]) t.equal(of(code).run(), true, `${code}`)
  for (const code of [1602, 1603, 1618, 1925]) {
    const { keys, run } = of(code)
    t.throws(run, new Refusal(`msiexec ended with exit code ${code}`))
    t.same(keys, {}, 'nothing is done after it')
  }
  const { windows } = made({}, [0x8a15_0014])
  t.throws(
    () => install(program, {}, 'win32', windows).run(tell),
    new Refusal('winget ended with exit code 0x8a150014'),
  )
  t.end()
})

t.test('an installer that installed nothing is found out', t => {
  const { windows } = made()
  const lying: Windows = { ...windows, run: () => 0 }
  t.throws(
    () => install(program, {}, 'win32', lying).run(tell),
    new Refusal('WinFsp is still not there after its installation'),
  )
  t.end()
})

t.test('what is refused before anything is asked', t => {
  const { windows } = made()
  const table: readonly (readonly [() => unknown, RegExp])[] = [
    [() => install(program, {}, 'linux', windows), /for Windows alone$/],
    [() => uninstall(false, 'darwin', windows), /for Windows alone$/],
    [
      () =>
        install(program, {}, 'win32', { ...windows, isElevated: () => false }),
      /^needs an administrator/,
    ],
    [
      () => install(program, { msi: 'C:\\no.msi' }, 'win32', windows),
      /^C:\\no\.msi is no \.msi file that is there$/,
    ],
    [
      () =>
        install(program, { msi: 'C:\\winfsp.exe' }, 'win32', {
          ...windows,
          exists: () => true,
        }),
      /is no \.msi file/,
    ],
  ]
  for (const [run, message] of table) t.throws(run, { message })
  t.end()
})
