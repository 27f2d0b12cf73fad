/**
 * What 50 live processes say of themselves, through the provider and the
 * documents, equals the kernel's own files: read back to back, the kernel
 * before and after, and again where the kernel's own two readings differ.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Reader } from '../../fs/document/document.ts'
import { taskDocuments } from '../../fs/document/index.ts'
import { statFields } from '../../provider/contract.ts'
import { open as openSystem } from '../../provider/linux/index.ts'
import { openProcess } from '../../provider/linux/process.ts'
import { encode } from '../../provider/text.ts'
import { fixture, start, type Running } from '../rig/fixture.ts'
import { missing, noCompiler, noLinux, noProgram } from '../rig/need.ts'

type Name = keyof typeof taskDocuments

const reader: Reader = { trusted: true }
const view = { dialect: 'linux', paths: 'mixed' } as const

/** Readings of one file, at most, until the kernel's before and after agree. */
const tries = 500

const ours = (pid: number, name: Name, spans = false): Buffer => {
  const process = openProcess('/proc', pid, spans)
  try {
    const lines = [...taskDocuments[name](process, view, reader)]
    return Buffer.from(encode(lines.join('')))
  } finally {
    process.close()
  }
}

const kernels = (pid: number, name: string): Buffer =>
  readFileSync(`/proc/${pid}/${name}`)

interface Pair {
  readonly our: Buffer
  readonly kernel: Buffer
}

const enough = 5

const pairOf = (kernel: () => Buffer, our: () => Buffer): Pair => {
  // what all share, as SigQ, may change and change back meanwhile
  let different = 0
  for (let time = 0; time < tries; time++) {
    const before = kernel()
    const pair = { our: our(), kernel: before }
    if (!kernel().equals(before)) continue
    if (pair.our.equals(before) || ++different === enough) return pair
  }
  throw new Error(`the kernel’s own text changed ${tries} times`)
}

const equal = (t: Test, { our, kernel }: Pair, what: string): void => {
  if (our.equals(kernel)) t.pass(what)
  else t.equal(our.toString('latin1'), kernel.toString('latin1'), what)
}

const compare = (t: Test, pid: number, name: Name): void =>
  equal(
    t,
    pairOf(
      () => kernels(pid, name),
      () => ours(pid, name),
    ),
    `${name} of ${pid}`,
  )

const compareLink = (
  t: Test,
  pid: number,
  name: 'exe' | 'cwd' | 'root',
): void =>
  equal(
    t,
    pairOf(
      () => readlinkSync(`/proc/${pid}/${name}`, { encoding: 'buffer' }),
      () => {
        const process = openProcess('/proc', pid, false)
        const target = Buffer.from(encode(process[name]()))
        process.close()
        return target
      },
    ),
    `${name} of ${pid}`,
  )

const workers = `
  const { Worker } = require('node:worker_threads')
  const hold = 'require("node:worker_threads").parentPort.on("message", () => {})'
  let left = 3
  for (let each = 0; each < 3; each++)
    new Worker(hold, { eval: true }).on('online', () => {
      if (--left === 0) console.log('ready')
    })
  process.stdin.resume().on('end', () => process.exit())
`

const quiet = { ready: false }

/** 49 that wait, and this one. */
const population = async (t: Test): Promise<number[]> => {
  const [arenas, many, mappings] = [
    fixture('arenas', '-pthread'),
    fixture('many'),
    fixture('mappings'),
  ]
  const folders = ['a', 'b', 'c', 'd']
  const root = t.testdir(Object.fromEntries(folders.map(name => [name, {}])))
  const running: Running[] = await Promise.all([
    ...folders.map(name => start(mappings.path, [`${root}/${name}`])),
    ...[2, 4, 6, 8].map(count => start(arenas.path, [String(count)])),
    ...[5000, 5000, 1].map(count => start(many.path, [String(count)])),
    ...folders.map(() => start(process.execPath, ['-e', workers])),
    ...Array.from({ length: 34 }, () => start('cat', ['-', '-'], quiet)),
  ])
  t.teardown(async () => {
    await Promise.all(running.map(each => each.end()))
    for (const program of [arenas, many, mappings]) program.remove()
  })
  await settled(running.map(({ pid }) => pid))
  return [...running.map(({ pid }) => pid), process.pid]
}

/** Some, where they are shown: not in a container. */
const kernelThreads = (): number[] =>
  openSystem({ spans: false })
    .pids()
    .filter(pid => {
      try {
        return kernels(pid, 'status').includes('\nKthread:\t1\n')
      } catch {
        return false // others come and go
      }
    })
    .slice(0, 5)

/** Waits until what the kernel tells of them stays as it is. */
const settled = async (pids: readonly number[]): Promise<void> => {
  const all = (): string =>
    pids.map(pid => kernels(pid, 'stat').toString('latin1')).join('')
  let before = ''
  for (const until = Date.now() + 60_000; Date.now() < until;) {
    const now = all()
    if (now === before) return
    before = now
    await new Promise(resolve => {
      setTimeout(resolve, 250)
    })
  }
}

const need = missing(noLinux, noCompiler, noProgram('cat'))

t.test('maps and its siblings of 50 live processes', need, async t => {
  const pids = await population(t)
  t.equal(pids.length, 50)

  for (const name of ['maps', 'cmdline', 'comm', 'mounts'] as const)
    t.test(`${name} is the kernel’s, byte for byte`, async t => {
      for (const pid of [...pids, ...kernelThreads()]) compare(t, pid, name)
    })

  t.test('environ is the kernel’s, byte for byte', async t => {
    for (const pid of pids) compare(t, pid, 'environ')
  })

  for (const name of ['exe', 'cwd', 'root'] as const)
    t.test(`${name} is the kernel’s`, async t => {
      for (const pid of pids) compareLink(t, pid, name)
    })

  for (const name of ['statm', 'stat', 'status'] as const)
    t.test(`${name} of those that wait is the kernel’s`, async t => {
      for (const pid of pids) if (pid !== process.pid) compare(t, pid, name)
    })

  t.test('threads say what the kernel says of them', async t => {
    for (const pid of pids.slice(0, 15)) {
      const own = openProcess('/proc', pid, false)
      for (const tid of own.tids())
        for (const name of ['comm', 'stat', 'status', 'maps'] as const)
          equal(
            t,
            pairOf(
              () => readFileSync(`/proc/${pid}/task/${tid}/${name}`),
              () => {
                const lines = taskDocuments[name](own.thread(tid), view, reader)
                return Buffer.from(encode([...lines].join('')))
              },
            ),
            `${name} of ${pid}/${tid}`,
          )
      own.close()
    }
  })

  t.test('there are among them', async t => {
    const texts = pids.map(pid => kernels(pid, 'maps').toString('latin1'))
    const all = texts.join('')
    t.ok(
      texts.some(text => text.split('\n').length > 5000),
      'one with 5,000 mappings',
    )
    t.match(all, /\/a blank, a\\012newline/, 'names with blanks and newlines')
    t.match(all, / \(deleted\)\n/, 'deleted files')
    t.match(all, /\/\xff bytes /, 'names that are no UTF-8')
    t.ok(
      pids.some(pid => kernels(pid, 'status').includes('\nThreads:\t9\n')),
      'one with nine threads',
    )
  })

  t.test('labels are added where asked for, and nothing else', async t => {
    for (const pid of pids.slice(0, 15)) {
      const { our, kernel } = pairOf(
        () => kernels(pid, 'maps'),
        () => ours(pid, 'maps', true),
      )
      const named = our
        .toString('latin1')
        .replaceAll(/ +\[(?:heap arena|stack:)\d*(?: \d+)?\]\n/g, ' \n')
      t.equal(named, kernel.toString('latin1'), `maps of ${pid}`)
    }
    const threaded = pids[7] as number
    const text = ours(threaded, 'maps', true).toString('latin1')
    for (let arena = 1; arena <= 8; arena++)
      t.match(text, new RegExp(` {2,}\\[heap arena ${arena}\\]\\n`))
    t.equal(text.match(/\[stack:\d+\]\n/g)?.length, 8)
  })
})

/** What moves in one that runs, as this process does while it looks. */
const moving = {
  stat: {
    state: 'it runs when it is looked at, and may be looked at by a signal',
    minflt: 'page faults go on',
    majflt: 'page faults go on',
    utime: 'time goes on',
    stime: 'time goes on',
    num_threads: 'node starts and ends threads',
    vsize: 'the collector maps and unmaps',
    rss: 'pages come and go',
    kstkesp: 'the stack pointer',
    kstkeip: 'the instruction pointer',
    processor: 'the scheduler moves it',
    delayacct_blkio_ticks: 'waiting for disks goes on',
    wchan: 'it waits here and there',
  },
  status: {
    State: 'as in stat',
    FDSize: 'a table that grows with open files',
    VmPeak: 'as vsize',
    VmSize: 'as vsize',
    VmHWM: 'as rss',
    VmRSS: 'as rss',
    RssAnon: 'as rss',
    RssFile: 'as rss',
    RssShmem: 'as rss',
    VmData: 'as vsize',
    VmPTE: 'tables of what is mapped',
    Threads: 'as num_threads',
    SigQ: 'signals are queued by all processes of the user',
    voluntary_ctxt_switches: 'it goes on',
    nonvoluntary_ctxt_switches: 'it goes on',
  },
} as const

const statNames = ['pid', 'comm', 'state', ...statFields]

/** Field by name, of either file's text. */
const fieldsOf = (
  name: 'stat' | 'status',
  text: string,
): Map<string, string> => {
  if (name === 'status')
    return new Map(
      text
        .trimEnd()
        .split('\n')
        .map(line => [line.slice(0, line.indexOf(':')), line]),
    )
  const close = text.lastIndexOf(')')
  const open = text.indexOf('(')
  const fields = [
    text.slice(0, open - 1),
    text.slice(open + 1, close),
    ...text.slice(close + 2, -1).split(' '),
  ]
  return new Map(statNames.map((key, index) => [key, fields[index] ?? '']))
}

for (const name of ['stat', 'status'] as const)
  t.test(
    `${name} of this very process, field by field`,
    missing(noLinux),
    async t => {
      const kernel = fieldsOf(name, kernels(process.pid, name).toString())
      const our = fieldsOf(name, ours(process.pid, name).toString())
      t.strictSame([...our.keys()], [...kernel.keys()], 'the same, in order')
      for (const [key, value] of kernel)
        if (!Object.hasOwn(moving[name], key)) t.equal(our.get(key), value, key)
      for (const key of Object.keys(moving[name]))
        t.ok(our.has(key), `${key} is a field`)
    },
  )

t.test(
  'this process’s own regions make the kernel’s text',
  missing(noLinux),
  async t => {
    for (let time = 0; time < 20; time++) compare(t, process.pid, 'maps')
  },
)
