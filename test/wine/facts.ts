/** What processes of a live Windows tell of themselves. */
import koffi from 'koffi'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Process } from '../../provider/contract.ts'
import { dll } from '../../provider/dll.ts'
import { argumentsOf } from '../../provider/nt/cmdline.ts'
import { open } from '../../provider/windows/index.ts'
import { randomOf } from '../rig/random.ts'
import { told } from '../rig/told.ts'
import { child as start } from '../rig/wine/child.ts'

const system = open({ spans: true })

const folder = mkdtempSync(join(tmpdir(), 'winprocfs né '))
t.teardown(() => rmSync(folder, { recursive: true }))

const given = [
  'a b',
  '',
  'say "hi"',
  '\\',
  'C:\\a b\\',
  '\\\\"',
  'né – ✓ \u{1f600}',
  'line\nbreak',
  'tab\t',
  '--x=y z',
]

const variables = {
  SystemRoot: process.env['SystemRoot'] ?? '',
  WINPROCFS_A: 'né – ✓ \u{1f600}',
  WINPROCFS_B: 'a=b "c" d',
  WINPROCFS_C: 'line\nbreak',
  WINPROCFS_LONG: 'x'.repeat(20_000),
}

const script = join(folder, 'wait here.mjs')
const ready = join(folder, 'ready')
writeFileSync(
  script,
  `import { writeFileSync } from 'node:fs'
setInterval(() => {}, 1000)
writeFileSync('ready', '')\n`,
)

/** Waits until a process has begun all its threads and grows no more. */
const atRest = async (pid: number): Promise<void> => {
  const size = (): string => {
    const process = system.process(pid)
    const { VmSize, VmRSS, Threads } = process.status?.() ?? {}
    process.close()
    return `${VmSize} ${VmRSS} ${Threads}`
  }
  let before = ''
  for (let same = 0, left = 600; same < 4 && left > 0; left--) {
    await sleep(100)
    const now = size()
    same = now === before ? same + 1 : 0
    before = now
  }
}

/** A process that has begun all its threads. */
const withChild = async (use: (process: Process) => void): Promise<void> => {
  const child = await start(process.execPath, [script, ...given], 'ignore', {
    cwd: folder,
    env: variables,
  })
  while (!existsSync(ready)) await sleep(20)
  rmSync(ready)
  await atRest(child.pid)
  const opened = system.process(child.pid as number)
  use(opened)
  opened.close()
  child.kill()
}

t.test('a process tells what it was started with', t =>
  withChild(child => {
    t.same(child.cmdline?.().split('\0'), [
      process.execPath,
      script,
      ...given,
      '',
    ])
    t.equal(child.cwd?.(), folder)
    t.equal(child.exe?.(), process.execPath)
    t.equal(child.root?.(), process.env['SystemRoot']?.slice(0, 3))
    t.equal(child.comm?.(), 'node.exe')
    const environ = child.environ?.() ?? ''
    t.ok(environ.endsWith('\0'))
    const entries = new Map(
      environ
        .split('\0')
        .filter(entry => !entry.startsWith('='))
        .map(entry => [
          entry.slice(0, entry.indexOf('=')),
          entry.slice(entry.indexOf('=') + 1),
        ]),
    )
    for (const [name, value] of Object.entries(variables))
      t.equal(entries.get(name), value, name)
  }),
)

t.test('numbers of a process', t =>
  withChild(child => {
    const stat = child.stat?.()
    t.match(stat, { pid: child.pid, comm: 'node.exe', ppid: process.pid })
    t.match(stat?.state, /^[RS]$/)
    t.equal(stat?.num_threads, child.tids().length)
    const { up, idle } = system.uptime?.() ?? { up: 0, idle: -1 }
    t.ok(idle >= 0)
    const started = Number(stat?.starttime) / 100
    t.ok(started > 0 && started <= up && started > up - 300, 'just now')
    const filetime = BigInt(Date.now() + 11_644_473_600_000) * 10_000n
    const age = Number(filetime - child.start) / 1e7
    t.ok(age >= -1 && age < 300, `${age} s ago`)
    const statm = child.statm?.()
    const status = child.status?.()
    t.equal(Number(stat?.vsize), Number(status?.['VmSize']) * 1024)
    t.equal(statm?.size, Math.floor(Number(stat?.vsize) / 4096))
    t.equal(statm?.resident, stat?.rss)
    t.ok(Number(stat?.rss) > 1000 && Number(stat?.vsize) > 2 ** 26)
    t.match(status, {
      Name: 'node.exe',
      Pid: `${child.pid}`,
      Tgid: `${child.pid}`,
      PPid: `${process.pid}`,
      Threads: `${child.tids().length}`,
      Uid: '0\t0\t0\t0',
    })
  }),
)

t.test('work takes time', t => {
  const own = system.process(process.pid)
  const spent = (): number => {
    const { utime = 0, stime = 0 } = own.stat?.() ?? {}
    return Number(utime) + Number(stime)
  }
  const before = spent()
  // others may want the machine, too
  const until = Date.now() + 60_000
  while (spent() < before + 10 && Date.now() < until)
    for (let left = 1e6; left > 0; left--) Math.hypot(Math.random())
  t.ok(spent() >= before + 10, 'a tenth of a second at least')
  own.close()
  t.end()
})

t.test('stat of the machine', t => {
  const { GetSystemTimes } = dll('kernel32.dll', {
    GetSystemTimes: ['int32', ['bytes', 'bytes', 'bytes']],
  })
  /** Idle, kernel with the idle in it, and user: ticks, of all processors. */
  const ticks = (): number[] => {
    const times = Array.from({ length: 3 }, () => new BigUint64Array(1))
    const bytes = times.map(({ buffer }) => new Uint8Array(buffer))
    const [idle = null, kernel = null, user = null] = bytes
    t.not(GetSystemTimes(idle, kernel, user), 0)
    return times.map(([time = 0n]) => Number(time / 100_000n))
  }
  const before = ticks()
  const told = system.stat?.()
  const after = ticks()
  const {
    user = NaN,
    system: own = NaN,
    idle = NaN,
    irq,
    softirq,
  } = told?.cpu ?? {}
  const kernel = own + idle + (irq ?? NaN) + (softirq ?? NaN)
  for (const [at, time] of [idle, kernel, user].entries())
    // each of these four is cut to a whole tick
    t.ok(
      time >= (before[at] ?? NaN) - 4 && time <= (after[at] ?? NaN) + 4,
      `${before[at]} <= ${time} <= ${after[at]}`,
    )
  t.ok(own > 0)
  t.same(
    told?.cpus.map(({ number }) => number),
    cpus().map((_, number) => number),
  )
  t.ok((told?.processes ?? 0) > 1, 'threads, of which we have more than one')
  const mine = system.process(process.pid)
  const { starttime } = mine.stat?.() ?? {}
  mine.close()
  const created = (told?.btime ?? NaN) + Number(starttime) / 100
  const began = performance.timeOrigin / 1000
  t.ok(Math.abs(created - began) < 60, `${created} is ${began}`)
  t.end()
})

t.test('threads tell of themselves', t => {
  const kernel32 = koffi.load('kernel32.dll')
  const current = kernel32.func('uint32 GetCurrentThreadId()') as () => number
  const thread = kernel32.func('intptr GetCurrentThread()') as () => number
  const describe = kernel32.func(
    'int32 SetThreadDescription(intptr, str16)',
  ) as (thread: number, name: string) => number
  const own = system.process(process.pid)
  const tid = current()
  const task = own.thread(tid)
  t.equal(task.comm?.(), 'node.exe', 'without a name the process’s')
  t.ok(describe(thread(), 'né – ✓') >= 0)
  t.equal(task.comm?.(), 'né – ✓')
  t.match(task.stat?.(), { pid: tid, comm: 'né – ✓', ppid: own.stat?.().ppid })
  t.match(task.status?.(), {
    Name: 'né – ✓',
    Pid: `${tid}`,
    Tgid: `${process.pid}`,
  })
  t.equal(task.cmdline?.(), own.cmdline?.())
  t.equal(task.cwd?.(), process.cwd())
  own.close()
  t.end()
})

t.test('this process sees its own as node does', t => {
  const own = system.process(process.pid)
  t.equal(own.exe?.(), process.execPath)
  t.equal(own.cwd?.(), process.cwd())
  const [first, ...rest] = own.cmdline?.().split('\0').slice(0, -1) ?? []
  t.match(first, /node\.exe$/)
  t.same(rest, [
    ...process.execArgv,
    ...process.argv
      .slice(1)
      .map((argument, at) =>
        at === 0 ? rest[process.execArgv.length] : argument,
      ),
  ])
  process.env['WINPROCFS_LATE'] = 'né'
  t.match(own.environ?.(), /\0?WINPROCFS_LATE=né\0/, 'as it is now')
  process.chdir(folder)
  t.equal(own.cwd?.(), folder)
  process.chdir(`${folder.slice(0, 3)}`)
  t.equal(own.cwd?.(), folder.slice(0, 3), 'a root keeps its backslash')
  own.close()
  t.end()
})

t.test('spans are of the process', t => {
  const own = system.process(process.pid)
  const spans = [...(own.spans?.([...own.regions()]) ?? [])]
  const kinds = new Set(spans.map(({ kind }) => kind))
  for (const kind of ['peb', 'teb', 'stack', 'initial stack', 'win heap'])
    t.ok(kinds.has(kind), kind)
  t.same(
    new Set(spans.flatMap(({ kind, id }) => (kind === 'teb' ? [id] : []))),
    new Set(own.tids()),
    'a TEB for each thread',
  )
  own.close()
  t.end()
})

t.test('all processes tell, or refuse by an Errno', t => {
  const pids = system.pids()
  const lines = pids.flatMap(pid => {
    const found = told(() => system.process(pid))
    const line = found && told(() => found.cmdline?.())
    found?.close()
    return line === undefined ? [] : [line]
  })
  t.ok(lines.length >= pids.length - 1)
  t.ok(lines.every(line => /^[^\0]+\0/.test(line)))
  t.end()
})

t.test('the version is that of the system', t => {
  t.equal(system.version?.(), `Windows_NT version ${release()}`)
  t.end()
})

/** What is hard to part, and what is not. */
const soup = (next: (bound: number) => number, count: number): string => {
  const pieces = ['"', '"', '\\', '\\', ' ', '\t', 'a', 'né', '\\"', '""', "'"]
  let line = ''
  for (let each = 0; each < count; each++) line += pieces[next(pieces.length)]
  return line
}

t.test('arguments are what the C runtime makes of them', async t => {
  const told = join(folder, 'told.json')
  const teller = join(folder, 'tell.mjs')
  writeFileSync(
    teller,
    `import { writeFileSync } from 'node:fs'
writeFileSync(process.argv[2], JSON.stringify(process.argv.slice(3)))\n`,
  )
  const next = randomOf(4711)
  for (let round = 0; round < 3; round++) {
    const line = soup(next, 8000)
    const args = [`"${teller}"`, `"${told}"`, line]
    rmSync(told, { force: true })
    // one now and then fails to begin
    for (let left = 20; left > 0 && !existsSync(told); left--) {
      const child = await start(process.execPath, args, 'ignore', {
        windowsVerbatimArguments: true,
      })
      await once(child, 'exit')
    }
    const expected = JSON.parse(readFileSync(told, 'utf8')) as string[]
    t.ok(expected.length > 100, `${expected.length} arguments`)
    t.same(argumentsOf(`x ${line}`).slice(1), expected)
  }
})

t.test('and CommandLineToArgvW, but for quotes side by side', t => {
  const shell32 = koffi.load('shell32.dll')
  const parse = shell32.func('void *CommandLineToArgvW(str16, _Out_ int32 *)')
  const next = randomOf(42)
  let compared = 0
  for (let round = 0; round < 2000; round++) {
    const line = `x.exe ${soup(next, 9)}`
    // where the two differ, and both are documented
    if (line.includes('""')) continue
    const count = [0]
    const found = parse(line, count) as unknown
    const expected = koffi.decode(
      found,
      koffi.array('str16', count[0] as number),
    ) as unknown as string[]
    t.same(argumentsOf(line), expected, line)
    compared++
  }
  t.ok(compared > 100, `${compared} lines`)
  t.end()
})
