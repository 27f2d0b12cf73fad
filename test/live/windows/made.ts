/**
 * What winprocfs tells of another process of Windows, under Wine, beside what
 * that process (made.c) says of itself and what a walker in C (walker.c) finds.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { expected, told } from '../../rig/wine/agreement.ts'
import { looksOf } from '../../rig/wine/looks.ts'
import { joined, linesOf, mixed } from '../../rig/wine/maps.ts'
import { oracleOf } from '../../rig/wine/oracle.ts'
import { heapLines, mislabelled, misplaced } from '../../rig/wine/places.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

// the first run on a machine has to get all into place
const limit = 500_000
t.setTimeout(limit)

const needs = { ...missing(noLinux, noWine, noMingw), timeout: limit }

t.test('a process that tells what it made', needs, async t => {
  const { path, remove } = programs('made', 'walker', 'suspend')
  t.teardown(remove)
  const wine = await startWine(t)
  const looks = looksOf(wine, path)
  const folder = t.testdir({})
  const target = await wine.target(path.made, windowsPath(folder))
  const { pid } = target
  const at = `/proc/${pid}`
  const oracle = oracleOf(target.lines)
  const tids = oracle.threads.map(({ tid }) => `${tid}`)
  const facts = ['cmdline', 'environ', 'stat', 'statm', 'status'] as const
  const texts = await looks.cat(
    ...['maps', ...facts].map(name => `${at}/${name}`),
    ...tids.map(tid => `${at}/task/${tid}/comm`),
  )
  const [text = '', cmdline = '', environ = ''] = texts
  const [stat = '', statm = '', status = ''] = texts.slice(3)
  const lines = linesOf(text)

  t.test('all of its address space is in maps', async t => {
    t.same(
      lines.filter(({ start, end }, at) => {
        const before = at === 0 ? 0 : Number(lines[at - 1]?.end)
        return start < before || end <= start
      }),
      [],
      'ascending, disjoint',
    )
    const used = (await looks.walked(pid)).filter(
      ({ state }) => state !== 0x10000,
    )
    t.ok(used.length > 100)
    t.same(joined(lines), joined(used), 'and the rest is free')
  })

  t.test('each range is told as it was made', async t => {
    t.ok(oracle.made.length > 30, `${oracle.made.length} ranges`)
    t.same(misplaced(lines, oracle), [])
    const { ino } = statSync(join(folder, 'mapped.bin'), { bigint: true })
    const views = lines.filter(({ name }) => name.endsWith('/mapped.bin'))
    t.equal(views.length, 6)
    t.same(new Set(views.map(({ inode }) => inode)), new Set([ino]))
  })

  t.test('heaps are where HeapWalk has them', async t => {
    const { heaps, walked, blocks } = oracle
    t.equal(heaps.length, 17)
    t.ok(walked.length > 400 && blocks.length > 400)
    t.same(mislabelled(lines, oracle), [])
    const large = heapLines(lines).filter(({ words }) =>
      words.includes('large'),
    )
    t.ok(large.length >= 4, `${large.length} large blocks`)
  })

  t.test('each thread has a TEB, a stack and its name', async t => {
    const { threads } = oracle
    const listed = await looks.print('ls', `${at}/task`)
    t.same(listed.trim().split('\n').toSorted(), tids.toSorted())
    t.same(
      lines
        .filter(({ name }) => name.startsWith('[teb:'))
        .map(({ name }) => name.slice(5, -1))
        .toSorted(),
      tids.toSorted(),
    )
    const [initial, ...others] = tids
    t.same(
      new Set(lines.flatMap(({ name }) => name.match(/^\[stack.*/) ?? [])),
      new Set(['[stack]', ...others.map(tid => `[stack:${tid}]`)]),
      `${initial} is the initial one`,
    )
    t.same(
      texts.slice(6),
      threads.map(({ name }) => `${name === '-' ? 'made.exe' : name}\n`),
    )
  })

  t.test('what it is', async t => {
    const image = mixed(windowsPath(path.made))
    const cwd = mixed(windowsPath(folder))
    const table = [
      ['comm', 'made.exe\n'],
      ['exe', `${image}\n`],
      ['cwd', `${cwd}\n`],
      ['task/../comm', 'made.exe\n'],
    ] as const
    t.equal(
      await looks.print('cat', ...table.map(([name]) => `${at}/${name}`)),
      table.map(([, text]) => text).join(''),
    )
    const [program, stop, ...args] = cmdline.split('\0')
    t.equal(program, windowsPath(path.made))
    t.ok(oracle.text('command').includes(` ${stop} `))
    t.same(args, [windowsPath(folder), ''])
    t.ok(environ.split('\0').includes(oracle.text('variable')), 'in UTF-8')
    const listing = await looks.print('ls', '-l', at)
    t.match(listing, ` exe -> ${image}\n`)
    t.match(listing, ` cwd -> ${cwd}\n`)
  })

  t.test('what it counts', async t => {
    const fields = stat.split(' ')
    t.same(fields.slice(0, 2), [`${pid}`, '(made.exe)'])
    t.equal(fields[19], '4', 'threads')
    t.match(statm, /^\d+(?: \d+){6}\n$/)
    t.equal(Number(statm.split(' ')[0]) * 4096, Number(fields[22]), 'size')
    t.match(status, /^Name:\tmade\.exe$/m)
    t.match(status, new RegExp(`^Pid:\t${pid}$`, 'm'))
    t.match(status, /^Threads:\t4$/m)
  })

  t.test('no number near is its', async t => {
    const others = [1, 2, 3].map(more => `${pid + more}`)
    const paths = others.map(other => `/proc/${other}/maps`)
    const none = 'No such file or directory'
    t.same(await looks.call('cat', ...paths), {
      code: 1,
      stdout: '',
      stderr: paths.map(path => `winprocfs: ${path}: ${none}\n`).join(''),
    })
    const names = (await looks.print('ls', '/proc')).trim().split('\n')
    t.ok(names.includes(`${pid}`))
    t.notOk(others.some(other => names.includes(other)))
  })

  t.test('while it stands still, it is told all the same', async t => {
    await looks.still(pid, async () => {
      t.equal(await looks.print('cat', `${at}/maps`), text)
      const walked = await looks.walked(pid)
      const [ours] = await looks.told(pid)
      t.ok(walked.length > 100)
      t.same(ours?.regions.map(told), walked.map(expected))
    })
  })
})
