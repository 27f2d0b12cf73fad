/**
 * The rig of Windows tests: Node for Windows and programs under Wine. The
 * programs that other tests take for the truth are checked by one another:
 * what one made, another finds, without any code of ours.
 */
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { programs } from '../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../rig/need.ts'
import { startWine, windowsPath, type Target, type Wine } from '../rig/wine.ts'
import {
  oracleOf,
  walkOf,
  type Made,
  type Range,
  type Walked,
} from '../rig/wine/oracle.ts'

/** winnt.h */
const State = { commit: 0x1000, reserve: 0x2000, free: 0x10000 } as const
const types = { private: 0x20000, mapped: 0x40000, image: 0x1000000 } as const
const protections: Readonly<Record<string, readonly number[]>> = {
  'rw-p': [0x04, 0x08],
  'rw-s': [0x04],
  'r--p': [0x02],
  'r--s': [0x02],
  '---p': [0x00, 0x01, 0x104],
  '--xp': [0x10],
  'r-xp': [0x20],
  rwxp: [0x40],
}

// the first run on a machine has to get all into place
const limit = { timeout: 500_000 }
const underWine = { ...missing(noLinux, noWine), ...limit }
const withPrograms = { ...missing(noLinux, noWine, noMingw), ...limit }

t.test('Node for Windows', underWine, async t => {
  const wine = await startWine(t)
  for (const name of ['rig', 'process', 'facts', 'conformance', 'cli'])
    await wine.suite(t, name, `dist/test/wine/${name}.js`)
  const { code, stdout } = await wine.node(
    'dist/test/rig/wine/waiting.js',
    [windowsPath(wine.folder)],
    { env: { SOMETHING: 'of ours' } },
  )
  t.equal(code, 0, 'what it waits for is there')
  t.match(stdout, /^pid \d+\nready\n$/)
  const other = await wine.nodeTarget()
  t.ok(other.pid > 0, 'another waits until it is told')
  await other.end()
  t.equal((await other.ended).code, 0)
})

const walk = async (
  wine: Wine,
  walker: string,
  { pid }: Target,
): Promise<readonly Walked[]> => {
  const { code, stdout, stderr } = await wine.run(walker, [`${pid}`])
  if (code !== 0) throw new Error(`walker: ${code} ${stderr}`)
  return walkOf(stdout)
}

const within = (regions: readonly Walked[], range: Range): readonly Walked[] =>
  regions.filter(({ start, end }) => start < range.end && end > range.start)

/** What is wrong with what the walker told of a range that was made. */
const wrongOf = (regions: readonly Walked[], made: Made): string[] => {
  const found = within(regions, made)
  const [first] = found
  const wrong: string[] = []
  if (first === undefined) return ['is not there']
  for (const { state, type, protect, allocationBase, name } of found) {
    if (state === State.free) wrong.push('is free')
    if (type !== types[made.type]) wrong.push(`type ${type.toString(16)}`)
    if (made.perms !== '-' && !protections[made.perms]?.includes(protect))
      wrong.push(`protection ${protect.toString(16)}`)
    if (made.type !== 'private') {
      if (allocationBase !== made.start - made.offset) wrong.push('offset')
      if (made.label !== '-' && !name.endsWith(made.label)) wrong.push(name)
      if (made.label === '-' && name !== '') wrong.push(name)
    }
    if (state === State.reserve && protect !== 0) wrong.push('reserve')
  }
  return wrong
}

const isWhole = (t: Test, regions: readonly Walked[]): void => {
  t.ok(regions.length > 100, `${regions.length} regions`)
  t.same(
    regions.filter(({ start, end }, at) => {
      const before = at === 0 ? 0 : regions[at - 1]?.end
      return start !== before || end <= start
    }),
    [],
    'each begins where the one before ends',
  )
}

t.test('made.c and walker.c', withPrograms, async t => {
  const { path, remove } = programs('made', 'walker', 'suspend')
  t.teardown(remove)
  const wine = await startWine(t)
  const folder = t.testdir({})
  const target = await wine.target(path.made, windowsPath(folder))
  const oracle = oracleOf(target.lines)
  const regions = await walk(wine, path.walker, target)

  t.test('a walk is whole', async t => isWhole(t, regions))

  t.test('what was made is found', async t => {
    t.ok(oracle.made.length > 30, `${oracle.made.length} ranges`)
    for (const made of oracle.made)
      t.same(wrongOf(regions, made), [], `${made.what} ${made.label}`)
  })

  t.test('ranges of one protection are found from end to end', async t => {
    const exact = oracle.made.filter(
      ({ perms, label }) => perms !== '-' && !/^(?:peb|teb)/.test(label),
    )
    t.ok(exact.length > 20)
    for (const { what, start, end } of exact)
      t.match(within(regions, { start, end }), [{ start, end }], what)
  })

  t.test('heaps are where their blocks are', async t => {
    t.equal(oracle.heaps.length, 17)
    const bases = oracle.heaps.map(({ base }) => base)
    t.same(
      bases.filter(base => !oracle.processHeaps.includes(base)),
      [],
    )
    const allocations = (range: Range): number[] => [
      ...new Set(within(regions, range).map(each => each.allocationBase)),
    ]
    const baseOf = new Map(
      oracle.walked
        .filter(({ kind }) => kind === 'region')
        .flatMap(range =>
          allocations(range).map(base => [base, range.heap] as const),
        ),
    )
    t.ok(baseOf.size > 16, 'one has more than one segment')
    const lies = oracle.blocks.map(block => ({
      ...block,
      in: allocations(block).map(base => baseOf.get(base)),
    }))
    t.ok(lies.length > 400, `${lies.length} blocks`)
    t.same(
      lies.filter(({ heap, isLarge, in: [first, ...more] }) =>
        isLarge
          ? first !== undefined && first !== heap
          : first !== heap || more.length > 0,
      ),
      [],
    )
    const large = lies.filter(({ isLarge }) => isLarge)
    t.equal(large.length, 12)
    t.equal(new Set(large.flatMap(allocations)).size, 12, 'each by itself')
  })

  t.test('it tells of itself', async t => {
    t.equal(oracle.text('directory'), windowsPath(folder))
    t.equal(oracle.text('image'), windowsPath(path.made))
    t.match(oracle.text('command'), windowsPath(folder))
    t.equal(oracle.text('variable'), 'WINPROCFS_MADE=made – ✓')
    t.same(
      oracle.threads.map(({ name }) => name),
      ['-', 'first', 'second', 'the third'],
    )
  })

  t.test('walks leave it as it is, also while it is suspended', async t => {
    const before = await target.checksum()
    t.match(before, /^[\da-f]{9,16} threads( \d+){4} guard 104$/)
    const { code, stdout } = await wine.run(path.walker, [
      `${target.pid}`,
      '-n',
      '20',
    ])
    t.equal(code, 0)
    const rounds = stdout.trim().split('\n')
    t.equal(rounds.length, 20)
    t.same(
      rounds.filter(line => !/^\d{3} \d{5,}$/.test(line)),
      [],
    )
    t.equal(await target.checksum(), before)

    const pid = `${target.pid}`
    t.match(await wine.run(path.suspend, ['suspend', pid]), { code: 0 })
    const suspended = await walk(wine, path.walker, target)
    isWhole(t, suspended)
    const answer = target.checksum()
    const first = await Promise.race([answer, sleep(200, 'silence')])
    t.equal(first, 'silence', 'it does not run')
    for (const made of oracle.made)
      t.same(wrongOf(suspended, made), [], `${made.what} ${made.label}`)
    t.match(await wine.run(path.suspend, ['resume', pid]), { code: 0 })
    t.equal(await answer, before)
  })

  t.test('it ends when it is told', async t => {
    await target.end()
    t.match(await target.ended, { code: 0, stderr: '' })
    const gone = await wine.run(path.walker, [`${target.pid}`])
    t.equal(gone.code, 1)
    t.equal(gone.stderr, 'OpenProcess: 87\n')
  })
})

t.test('many.c has about as many regions', withPrograms, async t => {
  const { path, remove } = programs('many', 'walker')
  t.teardown(remove)
  const wine = await startWine(t)
  const file = windowsPath(`${t.testdir({})}/file`)
  for (const wanted of [400, 5000]) {
    const target = await wine.target(path.many, `${wanted}`, file)
    const regions = await walk(wine, path.walker, target)
    isWhole(t, regions)
    t.ok(Math.abs(regions.length - wanted) < 20, `${regions.length}`)
    await target.end()
  }
})

/** Pids of processes with a variable in their environment. */
const marked = (variable: string): string[] =>
  readdirSync('/proc').filter(name => {
    try {
      const environ = readFileSync(`/proc/${name}/environ`, 'latin1')
      return environ.split('\0').includes(variable)
    } catch {
      return false
    }
  })

/** Waits for what does not take long; whether it came to be. */
const until = async (holds: () => boolean): Promise<boolean> => {
  for (let left = 600; left > 0; left--) {
    if (holds()) return true
    await sleep(100)
  }
  return false
}

t.test('nothing is left when a suite is killed', underWine, async t => {
  const mark = `WINPROCFS_MARK=${process.pid}-${Date.now()}`
  const [name = '', value] = mark.split('=')
  // not Node of Linux, nor what it forks, which has its arguments for a moment
  const isRunning = (pid: string): boolean => {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      return args.includes('node.exe') && args.includes('waiting.js')
    } catch {
      return false
    }
  }
  const suite = spawn(
    process.execPath,
    [
      'dist/test/rig/wine/prepare.js',
      'dist/test/rig/wine/waiting.js',
      'Z:\\nothing',
    ],
    { detached: true, stdio: 'ignore', env: { ...process.env, [name]: value } },
  )
  t.ok(await until(() => marked(mark).some(isRunning)), 'it runs')
  t.ok(await until(() => marked(mark).length > 4), 'with a server and services')
  process.kill(-(suite.pid as number), 'SIGKILL')
  t.ok(await until(() => marked(mark).length === 0), 'all of it ends')
})
