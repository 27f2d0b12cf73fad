import t from 'tap'
import type { Process } from '../../provider/contract.ts'
import { idOf, lookup, root, walk, withProcess } from '../../fs/lookup.ts'
import { Errno } from '../../provider/errno.ts'
import { system } from '../fixtures/provider.ts'

const threads = [{ tid: 10 }, { tid: 11 }]
const machine = () =>
  system({ processes: [{ pid: 10, start: 7n, threads }, { pid: 20 }] })

t.test('a number is a pid only as the kernel writes it', async t => {
  for (const name of ['1', '10', '4194304', '4294967295'])
    t.equal(idOf(name), Number(name))
  // prettier-ignore
  const others = [
    '', '0', '01', '+1', '-1', '1x', ' 1', '1 ', '1.0', '1e3', '0x1', 'self',
    '4294967296', '99999999999999999999', '\u0661', '1\n',
  ]
  for (const name of others) t.equal(idOf(name), undefined, name)
})

t.test('paths lead to nodes bound to pid and start time', async t => {
  const { pid, start, tid, name } = walk(machine(), '/proc/10/task/11/maps')
  t.same(
    { pid, start, tid, name },
    { pid: 10, start: 7n, tid: 11, name: 'maps' },
  )
  t.equal(walk(machine(), '/'), root)
  t.equal(walk(machine(), 'proc//./10/').name, '10')
})

t.test('pids and tids are fleeting, other names last', async t => {
  t.ok(walk(machine(), 'proc/10').fleeting)
  t.ok(walk(machine(), 'proc/10/task/11').fleeting)
  for (const path of ['proc', 'proc/uptime', 'proc/10/maps', 'proc/10/task'])
    t.notOk(walk(machine(), path).fleeting, path)
})

// prettier-ignore
const nowhere = [
  'x', 'proc/x', 'proc/01', 'proc/0', 'proc/-1', 'proc/+10', 'proc/11',
  'proc/SELF', 'proc/10/nope', 'proc/10/task/12', 'proc/10/task/010',
  'proc/10/task/x', 'proc/20/task/10', '10', 'proc/10/10', 'proc/toString',
  'proc/10/__proto__', 'constructor',
]
for (const path of nowhere) {
  t.test(`${path} is no such file`, async t => {
    t.throws(() => walk(machine(), path), { code: 'ENOENT' })
  })
}

t.test('a file has nothing below it', async t => {
  t.throws(() => walk(machine(), 'proc/uptime/x'), { code: 'ENOTDIR' })
  t.throws(() => walk(machine(), 'proc/self/maps'), { code: 'ENOTDIR' })
})

t.test('names under a process that has ended are gone with it', async t => {
  const living = machine()
  const directory = walk(living, 'proc/10')
  const task = walk(living, 'proc/10/task')
  living.end(10)
  t.throws(() => lookup(living, directory, 'maps'), { code: 'ENOENT' })
  t.throws(() => lookup(living, task, '10'), { code: 'ENOENT' })
  living.begin({ pid: 10, start: 8n })
  t.throws(() => lookup(living, directory, 'maps'), { code: 'ENOENT' })
  t.equal(walk(living, 'proc/10').start, 8n)
})

t.test('a process that is only found gone when it is asked', async t => {
  const living = machine()
  const directory = walk(living, 'proc/10')
  const process = living.process.bind(living)
  living.process = pid => ({
    ...process(pid),
    verify: () => {
      throw new Errno('ESRCH')
    },
  })
  t.throws(() => lookup(living, directory, 'maps'), { code: 'ENOENT' })
})

t.test('the process is closed whatever happens', async t => {
  const living = machine()
  const seen: Process[] = []
  const node = walk(living, 'proc/10')
  t.equal(
    withProcess(living, node, process => seen.push(process)),
    1,
  )
  t.throws(
    () =>
      withProcess(living, node, process => {
        seen.push(process)
        throw new TypeError('on the way')
      }),
    TypeError,
  )
  for (const process of seen) t.throws(() => process.tids(), { code: 'EBADF' })
})

t.test('an error that is not of a name passes unchanged', async t => {
  const living = machine()
  living.process = () => {
    throw new TypeError('broken')
  }
  t.throws(() => lookup(living, walk(living, 'proc'), '10'), TypeError)
})

t.test('an open file is named by its number, and 0 is one', async t => {
  const file = { target: '/x', access: 1 }
  const files = new Map([0, 5, 0xffff_fffc].map(fd => [fd, file]))
  const of = system({ processes: [{ pid: 10, files }, { pid: 20 }] })
  for (const fd of [0, 5, 0xffff_fffc]) {
    const node = walk(of, `proc/10/fd/${fd}`)
    t.match(node, { fd, pid: 10, tid: 0, fleeting: true })
    t.match(walk(of, `proc/10/task/10/fdinfo/${fd}`), { fd, pid: 10, tid: 10 })
  }
  // prettier-ignore
  const none = [
    '1', '05', '+5', '-5', '5x', ' 5', '5 ', '', '4294967296', '-2147483648',
  ]
  for (const name of none)
    t.throws(() => lookup(of, walk(of, 'proc/10/fd'), name), { code: 'ENOENT' })
  t.throws(() => walk(of, 'proc/20/fd'), { code: 'ENOENT' }, 'not known')
  of.end(10)
  t.throws(() => walk(of, 'proc/10/fd/5'), { code: 'ENOENT' })
})
