/** The memory of processes through our mount, beside the kernel's own file. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import t, { type Test } from 'tap'
import { run } from '../rig/mounted.ts'
import { missing, noFile, noLinux, noProgram, noRoot } from '../rig/need.ts'
import { outcomeOf } from '../rig/outcome.ts'
import { serve } from '../rig/server.ts'

const needs = missing(noLinux, noRoot, noFile('/dev/fuse'))

const page = 4096n

/** `[start, end)` of each line of the kernel's maps. */
const rangesOf = (pid: number): [bigint, bigint][] =>
  fs
    .readFileSync(`/proc/${pid}/maps`, 'latin1')
    .trimEnd()
    .split('\n')
    .map(line => {
      const [, start, end] = /^(\w+)-(\w+)/.exec(line) ?? []
      return [BigInt(`0x${start}`), BigInt(`0x${end}`)]
    })

/** A process that stands still, having become what it is. */
const still = async (
  t: Test,
  program: string,
  ...args: readonly string[]
): Promise<number> => {
  const child = spawn(program, args, { env: { WHERE: 'is this?' } })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  const pid = child.pid as number
  const stat = (): string => fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  const until = async (pattern: RegExp): Promise<void> => {
    for (const end = Date.now() + 60_000; !pattern.test(stat());) {
      if (Date.now() > end) throw new Error(stat())
      await new Promise(soon => setTimeout(soon, 10))
    }
  }
  // asleep, and not before it has executed the program
  await until(new RegExp(`^\\d+ \\(${program.replace(/.*\//, '')}\\) S`))
  child.kill('SIGSTOP')
  await until(/\) T /)
  return pid
}

/** The memory file of a process at a /proc, for a test. */
const opened = (t: Test, proc: string, pid: number | string): number => {
  const fd = fs.openSync(`${proc}/${pid}/mem`, 'r')
  t.teardown(() => fs.closeSync(fd))
  return fd
}

/** The bytes of one pread(2), or its errno. */
const pread = (fd: number, position: bigint, length: number): string => {
  const bytes = Buffer.alloc(length)
  return outcomeOf(() =>
    bytes.toString('latin1', 0, fs.readSync(fd, bytes, 0, length, position)),
  )
}

t.test('every page is the kernel’s, and every hole', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const pid = await still(t, 'sleep', '600')
  const [ours, kernel] = ['mem', `task/${pid}/mem`].map(name => [
    fs.openSync(`${proc}/${pid}/${name}`, 'r'),
    fs.openSync(`/proc/${pid}/${name}`, 'r'),
  ]) as [[number, number], [number, number]]
  t.teardown(() => [...ours, ...kernel].forEach(fd => fs.closeSync(fd)))
  let read = 0
  let short = 0
  let holes = 0
  for (const [start, end] of rangesOf(pid)) {
    const size = Number(end - start)
    const reads: readonly (readonly [bigint, number])[] = [
      [start, size],
      [start + 1n, Math.min(size - 1, 77)],
      [end - 9n, 9],
      [end - 9n, 100_000],
      [end, 16],
      [start - page, 16],
      [start - 5n, 10],
    ]
    for (const [at, length] of reads)
      for (const [our, its] of [ours, kernel]) {
        const expected = pread(its, at, length)
        if (expected === 'EIO') holes++
        else if (expected.length < length) short++
        else read++
        t.ok(pread(our, at, length) === expected, `${length} bytes at ${at}`)
      }
  }
  t.ok(read > 100 && short > 10 && holes > 10, `${read}, ${short}, ${holes}`)
})

t.test('a read of many pages is whole', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const pid = await still(
    t,
    process.execPath,
    '-e',
    'setInterval(() => {}, 1e6)',
  )
  const size = 5 << 20
  const [start] = rangesOf(pid).find(([from, to]) => to - from > size) ?? []
  const at = (start ?? 0n) + 123n
  const expected = pread(opened(t, '/proc', pid), at, size)
  t.equal(expected.length, size)
  t.ok(pread(opened(t, proc, pid), at, size) === expected)
})

t.test('what it holds is what the process has there', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const pid = await still(t, 'sleep', '600')
  const stat = fs.readFileSync(`${proc}/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // env_start and env_end are the 50th and the 51st (proc(5))
  const [from, to] = [50, 51].map(field => BigInt(fields[field - 3] ?? 0))
  const length = Number((to ?? 0n) - (from ?? 0n))
  t.equal(pread(opened(t, proc, pid), from ?? 0n, length), 'WHERE=is this?\0')
})

t.test('offsets where no memory is', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const pid = await still(t, 'sleep', '600')
  const [our, its] = [opened(t, proc, pid), opened(t, '/proc', pid)]
  for (const at of [
    0n,
    1n,
    page,
    2n ** 47n - page,
    2n ** 47n,
    2n ** 53n + 1n,
    2n ** 56n + 3n,
    2n ** 62n,
    2n ** 63n - page,
  ]) {
    t.equal(pread(our, at, 8), 'EIO', `${at}`)
    t.equal(pread(its, at, 8), 'EIO', `${at}`)
    t.equal(pread(our, at, 0), '', 'no bytes are no hole')
  }
  const ours = fs.statSync(`${proc}/${pid}/mem`)
  const kernels = fs.statSync(`/proc/${pid}/mem`)
  t.same([ours.size, ours.mode], [kernels.size, kernels.mode])
})

t.test('a process that ends: what was open is at its end', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const child = spawn('sleep', ['600'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  const pid = child.pid as number
  const [range] = rangesOf(pid)
  const at = range?.[0] ?? 0n
  const [our, its] = [opened(t, proc, pid), opened(t, '/proc', pid)]
  t.equal(pread(our, at, 16).length, 16)
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
  for (const fd of [our, its]) t.equal(pread(fd, at, 16), '')
  for (const name of [proc, '/proc'])
    t.equal(
      outcomeOf(() => `${fs.openSync(`${name}/${pid}/mem`, 'r')}`),
      'ENOENT',
    )
})

t.test('what has no memory is not opened', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  // a zombie: it is reaped by the event loop, which does not run meanwhile
  const pid = spawn('true').pid as number
  const stat = (): string => fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  for (const end = Date.now() + 60_000; !/\) Z /.test(stat());)
    if (Date.now() > end) throw new Error(stat())
  const open = (at: string): string =>
    outcomeOf(() => `${fs.openSync(`${at}/${pid}/mem`, 'r')}`)
  t.equal(open(proc), open('/proc'))
  t.equal(open(proc), 'ESRCH')
})

const needsPrograms = missing(
  needs.skip,
  noProgram('dd'),
  noProgram('cat'),
  noProgram('cmp'),
)

t.test('dd, cat and cmp read it as the kernel’s', needsPrograms, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const pid = await still(t, 'sleep', '600')
  const [[start = 0n, end = 0n] = []] = rangesOf(pid)
  const both = (...command: readonly string[]) => {
    const [ours, its] = [proc, '/proc'].map(at => {
      const file = `${at}/${pid}/mem`
      const [program = '', ...args] = command.map(word =>
        word.replace('MEM', file),
      )
      const { status, stdout, stderr } = run(program, ...args)
      return { status, stdout, stderr: stderr.replaceAll(file, 'MEM') }
    })
    t.same(ours, its, command.join(' '))
    return its
  }
  const bytes = ['bs=512', 'iflag=skip_bytes', 'status=none']
  const some = both('dd', 'if=MEM', `skip=${start}`, 'count=2', ...bytes)
  t.match(some, { status: 0, stdout: /^.ELF/ })
  t.match(both('dd', 'if=MEM', `skip=${end - 512n}`, 'count=1', ...bytes), {
    status: 0,
  })
  t.match(both('dd', 'if=MEM', 'skip=0', 'count=1', ...bytes), { status: 1 })
  t.match(both('cat', 'MEM'), {
    status: 1,
    stdout: '',
    stderr: 'cat: MEM: Input/output error\n',
  })
  const file = `/proc/${pid}/exe`
  t.match(both('cmp', `--ignore-initial=${start}:0`, '-n512', 'MEM', file), {
    status: 0,
  })
})

t.test('nothing is written', needs, async t => {
  const { proc } = await serve(t, { host: 'fuse' })
  const pid = await still(t, 'sleep', '600')
  const [[start = 0n] = []] = rangesOf(pid)
  const fd = fs.openSync(`${proc}/${pid}/mem`, 'r+')
  t.teardown(() => fs.closeSync(fd))
  const before = pread(fd, start, 16)
  t.throws(() => fs.writeSync(fd, Buffer.alloc(16), 0, 16, Number(start)), {
    code: 'EINVAL',
  })
  t.equal(pread(fd, start, 16), before)
})
