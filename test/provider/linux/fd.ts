import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
} from 'node:fs'
import t from 'tap'
import { fdsOf } from '../../../provider/linux/fd.ts'
import { openProcess } from '../../../provider/linux/process.ts'
import { recorded } from '../../rig/recorded.ts'
import { missing, noLinux } from '../../rig/need.ts'
import { told } from '../../rig/told.ts'

t.test('numbers are those that the kernel writes, in their order', async t => {
  const names = ['10', '9', '0', '00', '01', '-1', 'x', '4294967295', '']
  t.same(fdsOf(names), [0, 9, 10, 4294967295])
})

t.test('what a recorded task has open', async t => {
  const folder = t.testdir({
    '7': {
      ...recorded({ pid: 7 }),
      fdinfo: { '3': 'pos:\t5\nflags:\t02\n' },
      auxv: Buffer.from([6, 0, 0xff, 0xc3]),
    },
  })
  mkdirSync(`${folder}/7/fd`)
  symlinkSync(Buffer.from('/a \xff (deleted)', 'latin1'), `${folder}/7/fd/3`)
  const task = openProcess(folder, 7, false)
  t.teardown(() => task.close())
  t.same(task.fds(), [3])
  t.equal(task.fd(3).target, '/a \udcff (deleted)')
  t.equal(task.fdinfo(3), 'pos:\t5\nflags:\t02\n')
  t.equal(task.auxv(), '\x06\0\udcff\udcc3')
  for (const ask of [() => task.fd(4), () => task.fdinfo(4)])
    t.throws(ask, { name: 'ENOENT', code: 'ENOENT' })
})

t.test(
  'our own files, as they are opened and closed',
  missing(noLinux),
  async t => {
    const file = `${t.testdir({ file: 'text' })}/file`
    const task = openProcess('/proc', process.pid, false)
    t.teardown(() => task.close())
    for (const [flags, access] of [
      ['r', 1],
      ['a', 2],
      ['r+', 3],
    ] as const) {
      const fd = openSync(file, flags)
      t.ok(task.fds().includes(fd))
      t.same(task.fd(fd), { target: file, access })
      t.same(task.thread(process.pid).fd?.(fd), { target: file, access })
      t.equal(
        task.fdinfo(fd),
        readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'),
      )
      closeSync(fd)
      t.throws(() => task.fd(fd), { code: 'ENOENT' })
      t.throws(() => task.fdinfo(fd), { code: 'ENOENT' })
    }
    // a listing has itself open, and shows it
    const targets = task
      .fds()
      .flatMap(fd => told(() => task.fd(fd))?.target ?? [])
    t.ok(targets.some(target => target.startsWith('anon_inode:[')))
    t.ok(targets.some(target => target.startsWith('/')))
  },
)

t.test('this process is not without memory', missing(noLinux), async t => {
  const own = openProcess('/proc', process.pid, false)
  t.teardown(() => own.close())
  t.equal(own.isBare(), false)
  t.equal(own.thread(process.pid).isBare?.(), false)
})
