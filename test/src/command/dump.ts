import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { DumpFile } from '../../../provider/minidump/file.ts'
import { rangesOf } from '../../../provider/minidump/ranges.ts'
import { amounts } from '../../../provider/minidump/wanted.ts'
import { missing, noLinux, noProgram } from '../../rig/need.ts'

const cli = resolve(import.meta.dirname, '../../../src/cli.js')
const folder = t.testdir({})

const winprocfs = (...args: readonly string[]) =>
  spawnSync(process.execPath, [cli, ...args], {
    encoding: 'latin1',
    timeout: 60_000,
    maxBuffer: 1 << 26,
  })

const printed = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = winprocfs(...args)
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** A program of many threads and mappings, that stands still from then on. */
const stopped = async (): Promise<ChildProcess & { readonly pid: number }> => {
  const child = spawn(
    process.execPath,
    ['-e', 'setInterval(() => {}, 1e6); console.log("ready")'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(child.stdout, 'data')
  child.kill('SIGSTOP')
  const pid = child.pid as number
  const isStill = (): boolean =>
    /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  for (let tries = 0; tries < 1000 && !isStill(); tries++)
    await new Promise(resolve => setTimeout(resolve, 5))
  return Object.assign(child, { pid })
}

t.test('on Linux', missing(noLinux), async t => {
  const target = await stopped()
  t.teardown(() => target.kill('SIGKILL'))
  const { pid } = target
  const kernel = readFileSync(`/proc/${pid}/maps`, 'latin1')
  const file = (amount: string): string => join(folder, `${amount}.dmp`)

  t.test('maps of a dump are those of the process that stood still', t => {
    const labelled = printed('cat', '--labels', `${pid}/maps`)
    t.match(labelled, /\[stack:\d+\]/)
    t.ok(kernel.split('\n').length > 50, 'there are many')
    const sizes = amounts.map(amount => {
      const dump = file(amount)
      const told = printed('dump', '--memory', amount, `${pid}`, dump)
      t.match(told, /^\S+\.dmp: \d+ regions, \d+ threads, [\d.]+ [KM]iB of mem/)
      t.match(told, /The process was not suspended/)
      t.equal(
        printed('cat', '--no-labels', '--dump', dump, 'self/maps'),
        kernel,
      )
      t.equal(printed('cat', '--dump', dump, 'self/maps'), labelled)
      return statSync(dump).size
    })
    t.ok(
      sizes.every((size, at) => size > (sizes[at - 1] ?? 0)),
      `each holds more: ${sizes.join()}`,
    )
    t.equal(
      printed(
        'cat',
        '--dialect',
        'cygwin',
        '--dump',
        file('full'),
        'self/maps',
      ),
      printed('cat', '--dialect', 'cygwin', '--labels', `${pid}/maps`),
    )
    t.end()
  })

  t.test('threads have their names, and memory is the kernel’s', t => {
    const dump = file('full')
    t.equal(
      printed('ls', '--dump', dump, 'self/task'),
      printed('ls', `${pid}/task`),
    )
    const tids = printed('ls', '--dump', dump, 'self/task').trim().split('\n')
    for (const tid of tids)
      t.equal(
        printed('cat', '--dump', dump, `self/task/${tid}/comm`),
        readFileSync(`/proc/${pid}/task/${tid}/comm`, 'latin1'),
      )
    const memory = openSync(`/proc/${pid}/mem`, 'r')
    const source = new DumpFile(dump)
    t.teardown(() => source.close())
    let compared = 0
    for (const { ranges } of rangesOf(openDump(source)))
      for (const { start, length, at } of ranges) {
        const size = Math.min(length, 1 << 16)
        const [ours, theirs] = [Buffer.alloc(size), Buffer.alloc(size)]
        source.load(ours, at)
        if (readSync(memory, theirs, 0, size, start) === size) {
          if (!ours.equals(theirs)) t.fail(`at ${start.toString(16)}`)
          compared++
        }
      }
    t.ok(compared > 30, `${compared} ranges compared`)
    t.end()
  })

  t.test('obj2yaml reads it', missing(noProgram('obj2yaml')), t => {
    const { status, stdout, stderr } = spawnSync('obj2yaml', [file('heaps')], {
      encoding: 'latin1',
      maxBuffer: 1 << 28,
    })
    t.same([status, stderr], [0, ''])
    const bases = [...stdout.matchAll(/- Base Address: +0x([0-9A-F]+)/g)]
    t.same(
      bases.map(([, base]) => Number(`0x${base}`)),
      kernel.match(/^[0-9a-f]+/gm)?.map(base => Number(`0x${base}`)),
      'regions',
    )
    t.match(stdout, `Module Name:     '${process.execPath}'`)
    const tids = [...stdout.matchAll(/- Thread Id: +0x([0-9A-F]+)/g)]
    t.same(
      tids.map(([, tid]) => Number(`0x${tid}`)),
      printed('ls', `${pid}/task`).trim().split('\n').map(Number),
      'threads',
    )
    t.end()
  })

  t.test('lldb reads it', missing(noProgram('lldb')), t => {
    const own = kernel
      .split('\n')
      .find(line => line.endsWith(process.execPath)) as string
    const base = `0x${own.slice(0, own.indexOf('-'))}`
    const { stdout } = spawnSync(
      'lldb',
      [
        '--no-lldbinit',
        '--batch',
        '-o',
        `target create --core ${file('full')}`,
        '-o',
        `memory region ${base}`,
        '-o',
        `memory read --size 1 --count 4 ${base}`,
        '-o',
        'image list',
      ],
      { encoding: 'latin1', timeout: 120_000 },
    )
    t.match(stdout, /was loaded\./)
    t.match(stdout, `[0x${base.slice(2).padStart(16, '0')}-`)
    t.match(stdout, `${base}: 7f 45 4c 46`)
    t.match(stdout, process.execPath)
    t.end()
  })

  t.test('nobody else may read it, and no file is written over', t => {
    const dump = file('none')
    t.equal(statSync(dump).mode & 0o777, 0o600)
    const again = winprocfs('dump', `${pid}`, dump)
    t.same([again.status, again.stdout], [1, ''])
    t.match(again.stderr, /cannot dump \d+ to .*none\.dmp: File exists/)
    writeFileSync(dump, 'old')
    chmodSync(dump, 0o644)
    t.equal(winprocfs('dump', '--force', `${pid}`, dump).status, 0)
    t.match(readFileSync(dump).subarray(0, 4).toString(), 'MDMP')
    t.equal(statSync(dump).mode & 0o777, 0o600, 'whatever it was before')
    const link = `${dump}.link`
    symlinkSync(dump, link)
    t.equal(winprocfs('dump', '--force', `${pid}`, link).status, 0)
    t.ok(lstatSync(link).isSymbolicLink(), 'a link stays one')
    for (const special of ['/dev/full', folder]) {
      const { status, stderr } = winprocfs('dump', '--force', `${pid}`, special)
      t.match([status, stderr], [1, /Not a regular file/])
      t.ok(existsSync(special))
    }
    t.end()
  })
  t.end()
})

t.test('what cannot be dumped leaves no file', t => {
  const file = join(folder, 'not.dmp')
  const gone = winprocfs('dump', '4294967295', file)
  t.match([gone.status, gone.stderr], [1, /No such process/])
  const fixtures = resolve(import.meta.dirname, '../../fixtures/provider.js')
  const wrong = winprocfs('dump', '--provider', fixtures, '0', file)
  t.match([wrong.status, wrong.stderr], [2, /It must be a pid/])
  t.notOk(existsSync(file))
  const nowhere = winprocfs('dump', `${process.pid}`, join(folder, 'no/x.dmp'))
  t.match([nowhere.status, nowhere.stderr], [1, /No such file or directory/])
  t.end()
})

t.test('one that fails midway leaves no file', t => {
  const provider = join(folder, 'failing.mjs')
  writeFileSync(
    provider,
    `const region = { start: 4096, end: 8192, base: 4096, state: 'commit', type: 'private', access: 1 }
    const process = {
      pid: 8, tid: 8, start: 0n,
      owner: () => ({ uid: 0, gid: 0 }), tids: () => [], may: () => true,
      verify() {}, close() {}, regions: () => [region],
      read() { throw Object.assign(new Error('gone'), { code: 'ESRCH' }) },
    }
    export const open = () => ({ pids: () => [8], process: () => process, leader() {} })`,
  )
  const file = join(folder, 'cut.dmp')
  const args = ['dump', '--memory', 'full', '--provider', provider, '8', file]
  const { status, stderr } = winprocfs(...args)
  t.match([status, stderr], [1, /No such process/])
  t.notOk(existsSync(file))
  writeFileSync(file, 'what was there')
  t.equal(winprocfs(...args, '--force').status, 1)
  t.equal(readFileSync(file, 'utf8'), 'what was there', 'stays')
  t.same(
    readdirSync(folder).filter(name => name.startsWith('cut.dmp')),
    ['cut.dmp'],
    'and nothing beside it',
  )
  t.end()
})

t.test('one that is told to end leaves no file', async t => {
  const provider = join(folder, 'endless.mjs')
  writeFileSync(
    provider,
    `const region = { start: 4096, end: 2 ** 40, base: 4096, state: 'commit', type: 'private', access: 1 }
    const process = {
      pid: 8, tid: 8, start: 0n,
      owner: () => ({ uid: 0, gid: 0 }), tids: () => [], may: () => true,
      verify() {}, close() {}, regions: () => [region],
      read: (_, length) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
        return new Uint8Array(length)
      },
    }
    export const open = () => ({ pids: () => [8], process: () => process, leader() {} })`,
  )
  const file = join(folder, 'long.dmp')
  const child = spawn(
    process.execPath,
    [cli, 'dump', '--memory', 'full', '--provider', provider, '8', file],
    { stdio: 'ignore' },
  )
  t.teardown(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  while (!existsSync(file) && child.exitCode === null) await sleep(20)
  child.kill('SIGTERM')
  t.same(await ended, [null, 'SIGTERM'])
  t.notOk(existsSync(file))
})

t.test('a dump is not dumped again', t => {
  const example = resolve(import.meta.dirname, '../../../example.dmp')
  const file = join(folder, 'again.dmp')
  const { status, stderr } = winprocfs(
    'dump',
    '--provider',
    example,
    '5000',
    file,
  )
  t.match([status, stderr], [1, /It is a dump already/])
  t.notOk(existsSync(file))
  t.end()
})
