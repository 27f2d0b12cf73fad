import t from 'tap'
import { Inodes } from '../../../fs/fuse/inodes.ts'
import { root } from '../../../fs/lookup.ts'
import type { Node } from '../../../fs/node.ts'
import { rows, tree } from '../../../fs/tree.ts'

const node = (pid: number, start = 1n, row = rows[1]): Node => ({
  row: row ?? tree,
  name: `${pid}`,
  pid,
  start,
  tid: 0,
  fleeting: true,
})

t.test('the root is number 1, and no forgetting takes it away', async t => {
  const inodes = new Inodes()
  t.equal(inodes.get(1).node, root)
  t.equal(inodes.get(1).parent, root)
  inodes.forget(1, 1e9)
  t.equal(inodes.get(1).node, root)
  t.equal(inodes.size, 0)
})

t.test('a node keeps its number while the kernel holds it', async t => {
  const inodes = new Inodes()
  const id = inodes.add(node(5), root)
  t.equal(inodes.add(node(5), root), id)
  t.equal(inodes.size, 1)
  inodes.forget(id, 1)
  t.equal(inodes.get(id).node.pid, 5)
  inodes.forget(id, 1)
  t.throws(() => inodes.get(id), { code: 'ESRCH' })
  t.equal(inodes.size, 0)
  t.not(inodes.add(node(5), root), id, 'a number is never issued twice')
})

t.test('several lookups may be given back at once', async t => {
  const inodes = new Inodes()
  const id = inodes.add(node(5), root)
  for (let more = 0; more < 4; more++) inodes.add(node(5), root)
  inodes.forget(id, 3)
  t.equal(inodes.size, 1)
  inodes.forget(id, 2)
  t.equal(inodes.size, 0)
})

t.test('a pid that was reused is another node', async t => {
  const inodes = new Inodes()
  const old = inodes.add(node(5, 1n), root)
  const young = inodes.add(node(5, 2n), root)
  t.not(young, old)
  t.equal(inodes.get(old).node.start, 1n)
  inodes.forget(old, 1)
  t.equal(inodes.get(young).node.start, 2n)
})

t.test('what was never issued, or is forgotten twice, is ignored', async t => {
  const inodes = new Inodes()
  inodes.forget(77, 3)
  const id = inodes.add(node(9), root)
  inodes.forget(id, 5)
  inodes.forget(id, 1)
  t.equal(inodes.size, 0)
})
