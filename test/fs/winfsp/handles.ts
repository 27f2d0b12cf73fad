import t from 'tap'
import type { OpenDirectory } from '../../../fs/opendir.ts'
import type { OpenFile, Settle } from '../../../fs/openfile.ts'
import { root } from '../../../fs/lookup.ts'
import type { Handle } from '../../../fs/winfsp/handle.ts'
import { Handles } from '../../../fs/winfsp/handles.ts'
import { OpenWindow } from '../../../fs/openwindow.ts'
import type { Window } from '../../../fs/node.ts'
import type { Job } from '../../../fs/render.ts'
import { Text } from '../../../fs/winfsp/text.ts'

const rig = () => {
  const dropped: number[] = []
  const handles = new Handles({ drop: token => void dropped.push(token) })
  return { dropped, handles }
}

const handleBy = (token: number, more: Partial<Handle> = {}): Handle => ({
  node: root,
  parent: root,
  names: [],
  caller: { uid: 0, gid: 0, tid: 0, pid: 1, token },
  time: 0n,
  isClosed: false,
  ...more,
})

const directory = {} as unknown as OpenDirectory

const ofNumber = (number: number) => ({ body: { UserContext2: number } })

t.test('what is open is counted as it comes and goes', async t => {
  const { handles } = rig()
  t.same(handles.held, { nodes: 0, files: 0, directories: 0 })
  const [file, folder, other] = [
    handles.add(handleBy(1)),
    handles.add(handleBy(0, { directory })),
    handles.add(handleBy(2)),
  ]
  t.same(handles.held, { nodes: 0, files: 2, directories: 1 })
  t.ok(handles.close(folder))
  t.notOk(handles.close(folder), 'once')
  t.same(handles.held, { nodes: 0, files: 2, directories: 0 })
  for (const number of [file, other]) t.ok(handles.close(number))
  t.same(handles.held, { nodes: 0, files: 0, directories: 0 })
})

t.test('a number is of one handle for ever', async t => {
  const { handles } = rig()
  const handle = handleBy(1)
  const number = handles.add(handle)
  t.equal(handles.of(ofNumber(number)), handle)
  t.equal(handles.find(number), handle)
  handles.close(number)
  t.not(handles.add(handleBy(1)), number)
  t.equal(handles.find(number), undefined)
  for (const unknown of [number, 0, -1, NaN])
    t.throws(() => handles.of(ofNumber(unknown)), {
      message: 'NTSTATUS 0xc0000008',
    })
})

t.test('a token is let go of once, when nobody makes a text by it', async t => {
  const { handles, dropped } = rig()
  handles.close(handles.add(handleBy(7)))
  t.same(dropped, [7])
  const settles: Settle[] = []
  const file = {
    generate: (_: unknown, settle: Settle) => void settles.push(settle),
  } as unknown as OpenFile
  const text = new Text(file)
  const handle = handleBy(8, { text })
  const number = handles.add(handle)
  const ask = { id: 1n, offset: 0, size: 1, lines: false }
  for (let count = 0; count < 2; count++)
    text.make(ask, 0, () => handles.release(handle))
  settles.shift()?.(new Uint8Array(1), 0)
  t.same(dropped, [7], 'open')
  text.make(ask, 0, () => handles.release(handle))
  handles.close(number)
  settles.shift()?.(undefined, 0)
  t.same(dropped, [7], 'closed, and somebody makes one')
  settles.shift()?.(new Uint8Array(1), 0)
  t.same(dropped, [7, 8])
})

t.test('nor is it while somebody reads memory by it', async t => {
  const { handles, dropped } = rig()
  const settles: Settle[] = []
  const window = new OpenWindow({} as Job<Window>, {
    render: (_job, _request, settle) => void settles.push(settle),
    cancel: () => false,
  })
  const handle = handleBy(9, { window })
  const number = handles.add(handle)
  const ask = { id: 1n, offset: 0n, size: 1 }
  for (let count = 0; count < 2; count++)
    window.read(ask, () => handles.release(handle))
  settles.shift()?.(new Uint8Array(1), 0)
  t.same(dropped, [], 'open')
  handles.close(number)
  t.same(dropped, [], 'closed, and somebody reads')
  settles.shift()?.(undefined, 0)
  t.same(dropped, [9])
})
