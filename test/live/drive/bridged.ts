/** Programs of Linux and of Windows on the drive that winprocfs mounts. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { programs } from '../../rig/mingw.ts'
import {
  missing,
  noFile,
  noLinux,
  noMingw,
  noRoot,
  noWine,
} from '../../rig/need.ts'
import { letterFor } from '../../rig/winfsp/bridge.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { bridgeOurs, eachOurs } from '../../rig/winfsp/ours.ts'
import { startWine, windowsPath, type Ended } from '../../rig/wine.ts'

const need = {
  ...missing(noLinux, noRoot, noWine, noMingw, noFile('/dev/fuse')),
  timeout: 500_000,
}

/** Of the process that stands still, the texts that are read in many ways. */
const names = ['maps', 'environ', 'cmdline', 'comm', 'mounts'] as const

interface Ran {
  readonly status: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

const env = { ...process.env, LC_ALL: 'C' }

/** Runs a program of Linux in a folder. */
const at = (cwd: string, [program = '', ...args]: readonly string[]): Ran => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env,
    timeout: 60_000,
    maxBuffer: 1 << 26,
  })
  return { status, stdout, stderr: stderr.toString() }
}

/** The same, while this goes on with other things. */
const start = async (
  cwd: string,
  [program = '', ...args]: readonly string[],
): Promise<Ran> => {
  const child = spawn(program, args, { cwd, env, stdio: 'pipe' })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdin.end()
  child.stdout.on('data', part => out.push(part as Buffer))
  child.stderr.on('data', part => err.push(part as Buffer))
  const [status] = (await once(child, 'close')) as [number | null]
  const stderr = Buffer.concat(err).toString()
  return { status, stdout: Buffer.concat(out), stderr }
}

const lines = (text: Buffer | string): string[] =>
  text.toString().trimEnd().split('\n')

/**
 * A text that counts, without the numbers: under Wine even a process that is
 * suspended wakes to be looked at, which takes time and memory.
 */
const formOf = (text: Buffer | undefined): string =>
  String(text).replaceAll(/\d+/g, '0')

/** What they print is what they print of copies. */
const commands: readonly (readonly string[])[] = [
  ...names.map(name => ['cat', name]),
  ['cat', ...names],
  ['md5sum', ...names],
  ['grep', '-n', 'heap', 'maps'],
  ['grep', '-c', '', 'maps', 'mounts'],
  ['tail', '-c', '100', 'maps'],
  ['tail', '-c', '+5000', 'maps'],
  ['tail', '-n', '3', 'maps'],
  ['head', '-n1', 'maps'],
  ['head', '-c', '5', 'environ'],
  ['dd', 'if=maps', 'bs=999', 'skip=3', 'count=4', 'status=none'],
  ['sort', '-r', 'maps'],
  ['awk', '{print $2, $6}', 'maps'],
  ['cat', 'none'],
  ['ls', 'maps/none'],
]

/** What Wine lists of a directory: no link that leads nowhere on Linux. */
const reachable = 'find -L . -maxdepth 1 ! -type l -printf %f\\n'.split(' ')

t.test('the drive, by a bridge', need, async t => {
  const built = programs('made', 'suspend', 'reader', 'churn')
  t.teardown(built.remove)
  const [wine, readers] = await Promise.all([startWine(t), startWine(t)])
  const dll = buildStandIn(wine.folder)
  const target = await wine.target(built.path.made, windowsPath(wine.folder))
  const pid = String(target.pid)
  const still = `/proc/${pid}`
  t.match(await wine.run(built.path.suspend, ['suspend', pid]), { code: 0 })
  // one that has yet to begin: its texts are short
  const { stdout } = await wine.run(built.path.suspend, [
    'start',
    built.path.reader,
  ])
  const short = `/proc/${stdout.match(/^pid (\d+)$/m)?.[1]}`
  const { bridge, driver, report, end } = await bridgeOurs(t, {
    wine,
    dll,
    caller: { pid: target.pid },
  })
  letterFor(readers, wine, bridge)
  const { point } = bridge

  const [small = Buffer.of(), ...texts] = await eachOurs(
    wine,
    `${short}/maps`,
    ...names.map(name => `${still}/${name}`),
  )
  const copy = join(wine.folder, 'copy')
  mkdirSync(copy)
  for (const [index, name] of names.entries())
    writeFileSync(join(copy, name), texts[index] as Buffer)
  const textOf = (name: (typeof names)[number]): Buffer =>
    texts[names.indexOf(name)] as Buffer

  await t.test('programs of Linux read what cat prints', async t => {
    t.ok(textOf('maps').length > 8192, 'more than a page of two')
    t.ok(small.length > 100)
    const folder = join(point, still)
    for (const command of commands)
      t.same(at(folder, command), at(copy, command), command.join(' '))
    t.same(at(folder, ['cat', 'MAPS']).stdout, textOf('maps'), 'MAPS')
    t.same(
      at(point, ['cat', 'proc/self/cmdline']).stdout,
      textOf('cmdline'),
      'of whom the bridge opens files for',
    )
  })

  await t.test('find sees all that is there, and all of it reads', async t => {
    const folder = join(point, still)
    const found = at(folder, ['find', '.', '-type', 'f'])
    t.equal(found.stderr, '')
    const paths = lines(found.stdout).map(path => path.slice(2))
    t.ok(paths.some(path => /^task\/\d+\/maps$/.test(path)))
    t.same(
      paths.filter(path => !path.includes('/')).toSorted(),
      [...names, 'mem', 'stat', 'statm', 'status'].toSorted(),
    )
    const texts = paths.filter(path => !/(?:^|\/)mem$/.test(path))
    const all = await eachOurs(wine, ...texts.map(path => `${still}/${path}`))
    for (const [index, path] of texts.entries()) {
      const { stdout } = at(folder, ['cat', path])
      if (path.includes('stat'))
        t.equal(formOf(stdout), formOf(all[index]), path)
      else t.same(stdout, all[index], path)
    }
  })

  await t.test('programs of Windows read what cat prints', async t => {
    const to = (name: string): string => join(readers.folder, name)
    const cmd = (...args: readonly string[]): Promise<Ended> =>
      readers.run('cmd', ['/c', ...args])
    const good = { code: 0, stdout: '', stderr: '' }
    const maps = `P:${still.replaceAll('/', '\\')}\\maps`

    const typed = await cmd('type', maps, '>', windowsPath(to('typed')))
    t.same(typed, good)
    t.same(readFileSync(to('typed')), textOf('maps'), 'type')
    const upper = await cmd('type', maps.toUpperCase())
    t.equal(upper.stdout, textOf('maps').toString(), 'type in upper case')

    const listed = await cmd('dir', 'P:\\proc')
    t.equal(listed.code, 0)
    const shown = lines(listed.stdout)
    for (const name of [pid, short.slice(6), 'self', 'uptime', 'version'])
      t.ok(
        shown.some(line => line.endsWith(` ${name}`)),
        `dir tells ${name}`,
      )
    t.ok(
      shown.some(line => /<DIR> +\.$/.test(line)),
      'and what is a directory',
    )

    const sizes = ['3', '64', '4093', '4096', '65536', '1048576']
    const read = await readers.run(built.path.reader, [
      'read',
      maps,
      windowsPath(to('maps')),
      ...sizes,
    ])
    t.same(read, good)
    for (const size of sizes)
      t.same(readFileSync(to(`maps.${size}`)), textOf('maps'), `by ${size}`)
    t.same(
      await readers.run(built.path.reader, [
        'read',
        `P:${short.replaceAll('/', '\\')}\\maps`,
        windowsPath(to('small')),
        '1',
        '2',
      ]),
      good,
    )
    for (const size of ['1', '2'])
      t.same(readFileSync(to(`small.${size}`)), small, `by ${size}`)
    t.same(
      await readers.run(built.path.reader, [
        'pages',
        maps,
        windowsPath(to('pages')),
        '4096',
      ]),
      good,
    )
    t.same(readFileSync(to('pages')), textOf('maps'), 'overlapped')

    const entries = await readers.run(built.path.reader, [
      'list',
      `P:${still.replaceAll('/', '\\')}\\*`,
    ])
    t.equal(entries.code, 0)
    t.same(
      lines(entries.stdout)
        .map(line => line.split(' ').slice(2).join(' '))
        .toSorted(),
      ['..', ...lines(at(join(point, still), reachable).stdout)].toSorted(),
      'FindFirstFile and what follows',
    )
  })

  await t.test('processes come and go while find crawls', async t => {
    const churn = await wine.target(built.path.churn, '12')
    const ended = async (): Promise<number> => Number(await churn.checksum())
    const before = await ended()
    const crawls = [
      'find proc -printf %p:%y:%s:%l\\n',
      'find proc -mindepth 2 -maxdepth 2 -type f -exec cat {} +',
    ]
    const runs = await Promise.all(
      crawls.map(crawl => start(point, crawl.split(' '))),
    )
    const after = await ended()
    t.comment(`${after - before} have ended`)
    t.ok(after - before >= 12, 'each of a dozen has ended, and more')
    const told = runs.flatMap(({ stderr }) =>
      stderr === '' ? [] : lines(stderr),
    )
    t.comment(`${told.length} were gone`)
    // at address 0 no memory is
    t.same(
      told.filter(
        line =>
          !/mem: Input\/output error$|: (?:No such file or directory|No such process)$/.test(
            line,
          ),
      ),
      [],
      'told of as not there',
    )
    for (const [index, { status, stdout }] of runs.entries()) {
      t.ok(status === 0 || status === 1, `crawl ${index}`)
      t.ok(lines(stdout).length > 100)
    }
    await churn.end()
    t.match(await churn.ended, { code: 0, stderr: '' })
  })

  // the kernel does not wait for what it closes
  const isIdle = async (): Promise<boolean> => {
    const { handles, mapped, tokens } = await driver.stats()
    return handles + mapped + tokens === 0
  }
  const until = performance.now() + 60_000
  while (!(await isIdle()) && performance.now() < until) await sleep(10)
  t.match(await driver.stats(), { handles: 0, mapped: 0, tokens: 0 })
  t.same(await driver.violations(), [])
  t.same(bridge.errors(), [], 'nothing that nobody foresaw')
  t.match(await end(), { code: 0 })
  t.same(report(), [])
  t.match(await wine.run(built.path.suspend, ['resume', pid]), { code: 0 })
  await target.end()
})
