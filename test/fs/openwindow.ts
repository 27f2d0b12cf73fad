import t from 'tap'
import { walk } from '../../fs/lookup.ts'
import type { Window } from '../../fs/node.ts'
import type { Request, Settle } from '../../fs/openfile.ts'
import { OpenWindow } from '../../fs/openwindow.ts'
import type { Job } from '../../fs/render.ts'
import { system } from '../fixtures/provider.ts'

const machine = system({ processes: [{ pid: 1 }] })
const job: Job<Window> = {
  node: walk(machine, 'proc/1/mem') as Job<Window>['node'],
  caller: { uid: 0, gid: 0, tid: 1 },
}

t.test('each read is a piece of its own, all of which it gets', async t => {
  const asked: [Job, Request][] = []
  const window = new OpenWindow(job, {
    render(job, request) {
      asked.push([job, request])
      return Buffer.from('abc')
    },
    cancel: () => false,
  })
  const note = new Uint8Array(8)
  for (const offset of [0n, 5n, 8n, 2n ** 64n - 1n])
    t.same(window.read({ id: 7n, offset, size: 9, note }), Buffer.from('abc'))
  t.equal(window.pending, 0)
  t.same(
    asked.map(([{ piece }]) => piece?.offset),
    [0n, 5n, 8n, 2n ** 64n - 1n],
    'also one that goes on where another ended',
  )
  const [made, request] = asked[3] ?? []
  t.same(made, { ...job, piece: { offset: 2n ** 64n - 1n, size: 9 } })
  t.same(request, { id: 7n, note, offset: 0, size: 9, lines: false })
})

t.test('reads that are answered later are counted until they are', async t => {
  const settles: Settle[] = []
  const window = new OpenWindow(job, {
    render(_job, _request, settle) {
      settles.push(settle)
      return undefined
    },
    cancel: () => false,
  })
  let settled = 0
  const ask = { id: 1n, offset: 0n, size: 4 }
  t.equal(
    window.read(ask, () => settled++),
    undefined,
  )
  t.equal(window.read(ask), undefined)
  t.equal(window.pending, 2)
  settles[0]?.(Buffer.from('abcd'), 0)
  t.same([window.pending, settled], [1, 1])
  settles[1]?.(undefined, 0)
  t.same([window.pending, settled], [0, 1])
})
