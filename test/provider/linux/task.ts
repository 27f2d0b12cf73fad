import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import t from 'tap'
import { openProcess } from '../../../provider/linux/process.ts'
import { decode, encode } from '../../../provider/text.ts'
import { recorded } from '../../rig/recorded.ts'
import { start } from '../../rig/fixture.ts'
import { missing, noLinux, noProgram, which } from '../../rig/need.ts'

const files = {
  comm: Buffer.from('a\nb\xff\n', 'latin1'),
  cmdline: Buffer.from('cat\0\0-\xe9\0', 'latin1'),
  environ: Buffer.from('A=1\0B=\xff\0', 'latin1'),
  statm: '7 6 5 4 0 2 0\n',
  mounts: 'a /b c d 0 0\n',
  maps: '00001000-00002000 ---p 00000000 00:00 0 \n',
  mem: 'memory',
}

t.test('a recorded task tells what its files hold', async t => {
  const root = t.testdir({ '7': recorded({ pid: 7 }, files) })
  symlinkSync(Buffer.from('/bin/\xff', 'latin1'), `${root}/7/exe`)
  symlinkSync('/somewhere else', `${root}/7/cwd`)
  symlinkSync('/', `${root}/7/root`)
  const task = openProcess(root, 7, true)
  t.teardown(() => task.close())
  t.equal(task.comm(), 'a\nb\udcff')
  t.equal(task.cmdline(), 'cat\0\0-\udce9\0')
  t.equal(task.environ(), 'A=1\0B=\udcff\0')
  t.equal(task.stat().comm, 'recorded')
  t.equal(task.status()['VmRSS'], '1716')
  t.equal(task.statm().size, 7)
  t.strictSame(task.mounts(), [
    { source: 'a', point: '/b', type: 'c', options: 'd' },
  ])
  t.equal(task.regions().length, 1)
  t.equal(Buffer.from(task.read(2, 99)).toString(), 'mory')
  t.equal(task.exe(), '/bin/\udcff')
  t.equal(task.cwd(), '/somewhere else')
  t.equal(task.root(), '/')
})

t.test('what one file lacks is its own error', async t => {
  const root = t.testdir({ '7': recorded({ pid: 7 }, { comm: '' }) })
  const task = openProcess(root, 7, false)
  t.teardown(() => task.close())
  t.equal(task.comm(), '')
  for (const fact of ['cmdline', 'statm', 'mounts', 'exe', 'regions'] as const)
    t.throws(() => task[fact](), { name: 'ENOENT', code: 'ENOENT' }, fact)
})

t.test(
  'names, arguments and environment of any bytes come whole',
  missing(noLinux, noProgram('cat')),
  async t => {
    const folder = t.testdir({})
    const odd = decode(Buffer.from('\xff\xc3 a\nb', 'latin1'))
    const path = Buffer.from(encode(`${folder}/${odd}`))
    mkdirSync(path)
    const program = Buffer.concat([path, Buffer.from('/cat')])
    copyFileSync(which('cat') as string, program)
    // only a shell starts a program whose name is not UTF-8
    const octal = [...program]
      .map(byte => `\\${byte.toString(8).padStart(3, '0')}`)
      .join('')
    const script =
      `p=$(printf '${octal}x'); p=\${p%x}; cd "\${p%/cat}" && ` +
      'V=$(printf "\\377") exec "$p"'
    const { pid, end } = await start('sh', ['-c', script], { ready: false })
    const task = openProcess('/proc', pid, false)
    t.teardown(() => task.close())
    const exe = (): string => {
      try {
        return task.exe()
      } catch {
        return ''
      }
    }
    for (const until = Date.now() + 60_000; Date.now() < until;)
      // execve has the new image before it has the arguments in place
      if (exe() === decode(program) && task.environ() !== '') break
    t.equal(task.exe(), decode(program))
    t.equal(task.cwd(), decode(path))
    t.equal(task.cmdline(), `${decode(program)}\0`)
    t.match(task.environ(), 'V=\udcff\0')
    const read = (name: string): Buffer => readFileSync(`/proc/${pid}/${name}`)
    t.ok(read('environ').equals(encode(task.environ())))
    t.ok(read('cmdline').equals(encode(task.cmdline())))
    t.ok(read('comm').equals(encode(`${task.comm()}\n`)))
    const link = readlinkSync(`/proc/${pid}/exe`, { encoding: 'buffer' })
    t.ok(link.equals(encode(task.exe())))
    await end()
  },
)

t.test(
  'a long environment is read at once',
  missing(noLinux, noProgram('cat')),
  async t => {
    const value = 'x'.repeat(100_000)
    const { pid, end } = await start(
      'env',
      [`A=${value}`, `B=${value}`, 'cat'],
      {
        ready: false,
      },
    )
    const task = openProcess('/proc', pid, false)
    t.teardown(() => task.close())
    // a program has its name before it has its environment
    for (const until = Date.now() + 60_000; Date.now() < until;)
      if (task.comm() === 'cat' && task.environ() !== '') break
    t.match(task.environ(), `A=${value}\0B=${value}\0`)
    await end()
  },
)
