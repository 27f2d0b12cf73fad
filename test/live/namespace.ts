/** Programs that only know of /proc, with our tree bound over it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, unlinkSync } from 'node:fs'
import t from 'tap'
import { run } from '../rig/mounted.ts'
import { missing, noFile, noLinux, noProgram, noRoot } from '../rig/need.ts'
import { atRest } from '../rig/rest.ts'
import { serve, type Server } from '../rig/server.ts'

const needs = missing(
  noLinux,
  noRoot,
  noFile('/dev/fuse'),
  noProgram('unshare'),
)

/** Binds $1 over /proc, then runs the rest there. */
const bound = 'mount --bind "$1" /proc && shift && exec "$@"'

const within = (
  { proc }: Server,
  command: readonly string[],
): ReturnType<typeof run> =>
  // prettier-ignore
  run(
    'unshare', '-m', '--propagation', 'private',
    'sh', '-c', bound, 'sh', proc, ...command,
  )

const [first = '', ...rest] = ['maps', 'cmdline', 'comm', 'environ', 'statm']

/** Commands whose output is the same there and here, for a process at rest. */
const commands = (pid: number): readonly (readonly string[])[] => {
  const at = `/proc/${pid}`
  return [
    ['cat', `${at}/${first}`, ...rest.map(name => `${at}/${name}`)],
    ['cat', `${at}/task/${pid}/maps`],
    ['cat', `${at}/mounts`, '/proc/filesystems', '/proc/version'],
    ['cat', '/proc/self/comm', '/proc/thread-self/comm'],
    ['grep', '-c', 'r-xp', `${at}/maps`],
    ['grep', '-n', 'libc', `${at}/maps`, '/proc/self/maps', '-l'],
    ['grep', '-ra', 'sleep', at, '--include=comm', '--include=cmdline'],
    [
      'grep',
      '-E',
      '^(Name|Tgid|Pid|PPid|Uid|Gid|Threads|VmRSS):',
      `${at}/status`,
    ],
    ['find', at, '-name', 'maps', '-printf', '%p %y %m %s %U %G\n'],
    [
      'find',
      at,
      '-type',
      'l',
      '-name',
      '[er]*',
      '-printf',
      '%p %l\n',
      '-prune',
    ],
    ['find', '/proc', '-maxdepth', '1', '-type', 'l', '-name', 's*'],
    ['find', `${at}/task`, '-maxdepth', '1', '-type', 'd'],
    ['ls', '-l', '--time-style=+', `${at}/exe`, `${at}/maps`, `${at}/environ`],
    ['head', '-c', '100', `${at}/maps`],
    ['tail', '-n', '2', `${at}/maps`],
    ['wc', `${at}/maps`],
    ['readlink', `${at}/exe`],
    ['cmp', '-b', `${at}/maps`, `${at}/comm`],
    ['dd', 'bs=7', 'skip=3', 'status=none', `if=${at}/maps`],
    ['cat', `${at}/auxv`, `${at}/fdinfo/0`, `${at}/task/${pid}/fdinfo/2`],
    ['ls', '-l', '--time-style=+', `${at}/fdinfo`, `${at}/task/${pid}/fdinfo`],
    ['find', `${at}/fd`, `${at}/task/${pid}/fd`, '-printf', '%p %l %M %U %G\n'],
    ['readlink', `${at}/fd/1`],
    ['grep', '-r', 'flags', `${at}/fdinfo`],
  ]
}

/** In an order of their own: a directory's names come in any. */
const sorted = ({
  stdout,
  ...rest
}: ReturnType<typeof run>): Readonly<Record<string, unknown>> => ({
  ...rest,
  lines: stdout.split('\n').toSorted(),
})

const programs = [['pmap'], ['pmap', '-p'], ['pmap', '-q']] as const

t.test(
  'cat, grep, find and others answer as on the kernel’s',
  needs,
  async t => {
    const server = await serve(t, { host: 'fuse' })
    const target = spawn('sleep', ['60'])
    t.teardown(() => target.kill())
    await once(target, 'spawn')
    await atRest(target.pid as number)
    for (const command of commands(target.pid as number)) {
      const ours = within(server, command)
      const [program = '', ...args] = command
      const kernel = run(program, ...args)
      t.not(kernel.stdout, '', `${command.join(' ')} tells something`)
      t.same(sorted(ours), sorted(kernel), command.join(' '))
    }
  },
)

t.test(
  'pmap answers as on the kernel’s',
  missing(needs.skip, noProgram('pmap')),
  async t => {
    const server = await serve(t, { host: 'fuse' })
    const target = spawn('sleep', ['60'])
    t.teardown(() => target.kill())
    await once(target, 'spawn')
    await atRest(target.pid as number)
    for (const [program, ...args] of programs) {
      const all = [...args, `${target.pid}`]
      const kernel = run(program, ...all)
      t.match(kernel.stdout, /\bsleep\b/)
      t.same(within(server, [program, ...all]), kernel, args.join())
    }
  },
)

/**
 * A row of lsof, in columns as wide as they must be. A link of ours leads to no
 * pipe and to no file that was deleted: of those, who has them open, and as
 * what.
 */
const rowOf = (line: string): string => {
  const words = line.split(/ +/)
  const isPath = /^(?:DIR|REG|CHR)$/.test(words[4] ?? '')
  return (isPath && !line.includes('/gone') ? words : words.slice(0, 4)).join(
    ' ',
  )
}

t.test(
  'lsof answers as on the kernel’s',
  missing(needs.skip, noProgram('lsof')),
  async t => {
    const server = await serve(t, { host: 'fuse' })
    const folder = t.testdir({ read: 'r', written: 'w', both: 'b' })
    const open = (name: string, flags: string): number => {
      const fd = openSync(`${folder}/${name}`, flags)
      t.teardown(() => closeSync(fd))
      return fd
    }
    const fds = [open('read', 'r'), open('written', 'a'), open('both', 'r+')]
    const gone = open('gone', 'w')
    unlinkSync(`${folder}/gone`)
    const target = spawn('sleep', ['60'], {
      stdio: ['ignore', fds[1] as number, 'ignore', ...fds, gone],
    })
    t.teardown(() => target.kill())
    await atRest(target.pid as number)
    const args = ['lsof', '-w', '-p', `${target.pid}`] as const
    const [ours, kernel] = [within(server, args), run(...args)].map(
      ({ stdout }) => stdout.split('\n').map(rowOf),
    )
    t.ok(kernel?.some(row => / 5u .*\/both$/.test(row)))
    t.ok(kernel?.some(row => row.endsWith(' 6w')))
    t.same(ours, kernel)
  },
)

t.test('it is ours that they read', needs, async t => {
  const server = await serve(t, { host: 'fuse' })
  const { stdout } = within(server, ['ls', '-1', '/proc'])
  t.match(stdout, /^filesystems$/m)
  t.notMatch(stdout, /^meminfo$/m)
})
