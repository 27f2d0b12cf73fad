/** Processes of Wine's own, and a second Node, as winprocfs tells them. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { expected, told } from '../../rig/wine/agreement.ts'
import { looksOf, type Looks } from '../../rig/wine/looks.ts'
import { heapLines } from '../../rig/wine/places.ts'
import { joined, linesOf, type Line } from '../../rig/wine/maps.ts'
import { startWine } from '../../rig/wine.ts'

// the first run on a machine has to get all into place
const limit = 500_000
t.setTimeout(limit)

const needs = { ...missing(noLinux, noWine, noMingw), timeout: limit }

/** Pids by the names of their programs, of those that are still there. */
const pidsOf = async (looks: Looks): Promise<Map<string, number>> => {
  const listed = (await looks.print('ls', '/proc')).split('\n')
  const pids = listed.filter(name => /^\d+$/.test(name))
  const { stdout } = await looks.call('cat', ...pids.map(pid => `${pid}/stat`))
  return new Map(
    [...stdout.matchAll(/^(\d+) \((.*?)\) /gm)].map(([, pid, name]) => [
      name ?? '',
      Number(pid),
    ]),
  )
}

/** Waits until a process that begins has loaded all that it needs. */
const settled = async (looks: Looks, pid: number): Promise<void> => {
  const until = performance.now() + 60_000
  for (let [before, now] = [' ', '']; performance.now() < until;) {
    ;[before, now] = [now, JSON.stringify(await looks.told(pid))]
    if (before === now) return
    await sleep(500)
  }
}

const names = (lines: readonly Line[], form: RegExp): string[] =>
  lines
    .flatMap(({ name }) => form.exec(name)?.[1] ?? [])
    .toSorted((a, b) => Number(a) - Number(b))

const isSane = (
  t: Test,
  lines: readonly Line[],
  program: string,
  tids: readonly number[],
): void => {
  t.same(
    lines.filter(({ start, end }, at) => {
      const before = at === 0 ? 0 : Number(lines[at - 1]?.end)
      return start < before || end <= start
    }),
    [],
    'ascending, disjoint',
  )
  const code = lines.filter(({ perms }) => perms === 'r-xp')
  for (const file of [program, 'ntdll.dll', 'kernel32.dll', 'kernelbase.dll'])
    t.ok(
      code.some(({ name }) => name.toLowerCase().endsWith(`/${file}`)),
      `${file} has code`,
    )
  t.equal(names(lines, /^(\[peb\])$/).length, 1, 'a PEB')
  t.same(names(lines, /^\[teb:(\d+)\]$/), tids.map(String), 'each TEB once')
  const stacks = new Set(names(lines, /^\[stack:(\d+)\]$/))
  t.ok(names(lines, /^(\[stack\])$/).length > 0, 'an initial stack')
  t.equal(stacks.size, tids.length - 1, 'and one of every other thread')
  t.ok(
    [...stacks].every(tid => tids.includes(Number(tid))),
    'of no other',
  )
  const heaps = heapLines(lines)
  t.ok(
    heaps.some(({ id, words }) => id === 0 && words.includes('default')),
    'the process’s heap',
  )
  t.equal(
    new Set(
      heaps
        .filter(({ words }) => words.includes('default'))
        .map(({ id }) => id),
    ).size,
    1,
  )
}

t.test('processes of others', needs, async t => {
  const { path, remove } = programs('walker', 'suspend')
  t.teardown(remove)
  const wine = await startWine(t)
  const looks = looksOf(wine, path)
  const other = await wine.nodeTarget()
  await wine.spawn('explorer.exe', '/desktop')
  let pids = await pidsOf(looks)
  const until = performance.now() + 60_000
  while (!pids.has('explorer.exe') && performance.now() < until) {
    await sleep(500)
    pids = await pidsOf(looks)
  }

  // the one that lists is one, too
  pids.set('node.exe', other.pid)

  const table = [
    { name: 'services.exe', cwd: /^C:\/windows(?:\/system32)?\n$/ },
    { name: 'explorer.exe', cwd: /^[A-Z]:\/.*\n$/ },
    { name: 'node.exe', cwd: /^[A-Z]:\/.*\n$/ },
  ] as const
  for (const { name, cwd } of table)
    t.test(name, async t => {
      const pid = pids.get(name)
      if (pid === undefined) throw new Error(`no ${name} runs`)
      await settled(looks, pid)
      await looks.still(pid, async () => {
        const at = `/proc/${pid}`
        const files = ['maps', 'cmdline', 'environ', 'comm', 'exe', 'cwd']
        const texts = await looks.cat(
          ...[...files, 'stat', 'status', 'statm'].map(file => `${at}/${file}`),
        )
        const [maps = '', cmdline = '', environ, comm, exe = '', folder] = texts
        const [stat = '', status, statm] = texts.slice(files.length)
        const [{ tids = [], regions = [] } = {}] = await looks.told(pid)
        const walked = await looks.walked(pid)
        const lines = linesOf(maps)
        isSane(t, lines, name, tids)
        t.ok(walked.length > 100, `${walked.length} regions`)
        t.same(
          joined(lines),
          joined(walked.filter(({ state }) => state !== 0x10000)),
          'what is not told is free',
        )
        t.same(regions.map(told), walked.map(expected), 'as the walker')

        t.equal(comm, `${name}\n`)
        t.ok(exe.toLowerCase().endsWith(`/${name}\n`), exe)
        t.ok(cmdline.split('\0')[0]?.toLowerCase().endsWith(name), cmdline)
        t.match(environ, /(?:^|\0)SystemRoot=[^\0]+\0/i)
        t.match(folder, cwd)
        t.ok(stat.startsWith(`${pid} (${name}) `), stat)
        t.match(status, new RegExp(`^Threads:\\t${tids.length}$`, 'm'))
        t.match(statm, /^\d+(?: \d+){6}\n$/)
        t.match(await looks.print('ls', at), /^maps$/m)
      })
    })
})
