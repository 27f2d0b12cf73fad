import t from 'tap'
import { DeviceTable } from '../../../provider/windows/devices.ts'
import {
  fileAge,
  fileBound,
  Files,
  type FilesOptions,
} from '../../../provider/windows/files.ts'

const devices = (): DeviceTable =>
  new DeviceTable({
    readLinks: () => [
      { name: 'C:', target: '\\Device\\HarddiskVolume1', paths: ['C:'] },
      { name: 'P:', target: '\\Device\\Volume{6d1c}', paths: ['P:'] },
    ],
    systemRoot: () => 'C:\\Windows',
    isFixed: () => true,
    now: () => 0,
  })

const onDisk = (path: string): string => `\\Device\\HarddiskVolume1\\${path}`

const id = { major: 0xee45, minor: 0x4341, inode: 0x5_0000_0000_1234n }

/** Files whose names are those of their bases, and which are looked at. */
const scene = (
  names: (base: number) => string | undefined,
  options: FilesOptions = {},
) => {
  const state = { time: 0, opened: [] as string[] }
  const files = new Files({
    devices: devices(),
    nameOf: (_process, base) => names(base),
    identify: path => {
      state.opened.push(path)
      return path.endsWith('lost') ? undefined : id
    },
    now: () => state.time,
    ...options,
  })
  return { state, at: (base: number) => files.at(0x1c4, base) }
}

t.test('a file has its path, its device and its inode', t => {
  const { at, state } = scene(() => onDisk('x.dll'))
  t.same(at(1), { name: 'C:\\x.dll', ...id })
  t.same(state.opened, ['\\\\?\\C:\\x.dll'])
  t.end()
})

t.test('what has no name is no file', t => {
  const { at, state } = scene(() => undefined)
  t.equal(at(1), undefined)
  t.same(state.opened, [])
  t.end()
})

t.test('a file is looked at once, also one that cannot be', t => {
  const { at, state } = scene(base => onDisk(base === 1 ? 'x' : 'lost'))
  for (let round = 0; round < 3; round++) {
    t.same(at(1), { name: 'C:\\x', ...id })
    t.same(at(2), { name: 'C:\\lost' })
  }
  t.same(state.opened, ['\\\\?\\C:\\x', '\\\\?\\C:\\lost'])
  t.end()
})

t.test('after a while it is looked at again', t => {
  const { at, state } = scene(() => onDisk('x'))
  at(1)
  state.time = fileAge
  at(1)
  t.equal(state.opened.length, 1)
  state.time += 1
  at(1)
  t.equal(state.opened.length, 2)
  state.time += fileAge
  at(1)
  t.equal(state.opened.length, 2)
  t.end()
})

t.test('a file that is not on a local disk is never looked at', t => {
  const names = [
    '\\Device\\Mup\\server\\share\\x',
    // a drive of WinFsp, such as our own
    '\\Device\\Volume{6d1c}\\proc\\1\\maps',
    '\\Device\\Unknown\\x',
  ]
  const { at, state } = scene(base => names[base])
  t.same(at(0), { name: '\\\\server\\share\\x' })
  t.same(at(1), { name: 'P:\\proc\\1\\maps' })
  t.same(at(2), { name: '\\Device\\Unknown\\x' })
  t.same(state.opened, [])
  t.end()
})

t.test('so many are remembered, those that were asked for last', t => {
  const { at, state } = scene(base => onDisk(`${base}`))
  for (let base = 0; base < fileBound; base++) at(base)
  at(0)
  at(fileBound)
  t.equal(state.opened.length, fileBound + 1)
  at(0)
  t.equal(state.opened.length, fileBound + 1, 'used again, and kept')
  at(1)
  t.equal(state.opened.length, fileBound + 2, 'the oldest, and forgotten')
  t.end()
})
