import t from 'tap'
import type { Link } from '../../../provider/space/dospath.ts'
import { DeviceTable } from '../../../provider/windows/devices.ts'

const link = (name: string, target: string, ...paths: string[]): Link => ({
  name,
  target,
  paths,
})

const guid = 'Volume{26a21bda-a627-11d7-9931-806e6f6e6963}'

const links: readonly Link[] = [
  link('A:', '\\Device\\Floppy0', 'A:'),
  link('C:', '\\Device\\HarddiskVolume1', 'C:'),
  link('E:', '\\Device\\HarddiskVolume4', 'E:'),
  link('P:', '\\Device\\Volume{0c1de2a1-0000-0000-0000-000000000000}', 'P:'),
  link('S:', '\\??\\C:\\src', 'S:'),
  link('X:', '\\Device\\LanmanRedirector\\;X:0\\server\\share', 'X:'),
  link(guid, '\\Device\\HarddiskVolume2', 'C:\\mounted\\'),
]

/** A machine whose links can be changed, and what is asked of it. */
const machine = (start = links) => {
  const state = { links: start, time: 1_000_000, reads: 0 }
  const roots: string[] = []
  const table = new DeviceTable({
    readLinks: () => {
      state.reads++
      return state.links
    },
    systemRoot: () => 'C:\\Windows',
    isFixed: root => {
      roots.push(root)
      return root !== 'E:\\'
    },
    now: () => state.time,
  })
  return { state, roots, table }
}

t.test('an NT path is told as its DOS path, or as it is', t => {
  const { table, state } = machine()
  for (const [name, path] of [
    ['\\Device\\HarddiskVolume1\\x', 'C:\\x'],
    ['\\Device\\HarddiskVolume2\\x', 'C:\\mounted\\x'],
    ['\\SystemRoot\\x', 'C:\\Windows\\x'],
    ['\\Device\\Mup\\server\\share\\x', '\\\\server\\share\\x'],
    ['\\Device\\HarddiskVolume9\\x', '\\Device\\HarddiskVolume9\\x'],
  ] as const)
    t.equal(table.pathOf(name), path)
  t.equal(state.reads, 1, 'from one table')
  t.end()
})

t.test('a device that has come is found after a second', t => {
  const { table, state } = machine()
  const name = '\\Device\\HarddiskVolume9\\x'
  t.equal(table.pathOf(name), name)
  state.links = [...links, link('F:', '\\Device\\HarddiskVolume9', 'F:')]
  state.time += 1_000
  t.equal(table.pathOf(name), name)
  t.equal(state.reads, 1)
  state.time += 1
  t.equal(table.pathOf(name), 'F:\\x')
  t.equal(state.reads, 2)
  t.end()
})

t.test('a device that never comes is looked for once a second', t => {
  const { table, state } = machine()
  for (let time = 0; time < 10_000; time += 100) {
    table.pathOf('\\Device\\NamedPipe\\x')
    state.time += 100
  }
  t.ok(state.reads >= 9 && state.reads <= 10, `${state.reads} times`)
  t.end()
})

t.test('a device that has changed is told after 5 seconds', t => {
  const { table, state } = machine()
  const name = '\\Device\\HarddiskVolume1\\x'
  t.equal(table.pathOf(name), 'C:\\x')
  state.links = [link('D:', '\\Device\\HarddiskVolume1', 'D:')]
  state.time += 5_000
  t.equal(table.pathOf(name), 'C:\\x')
  state.time += 1
  t.equal(table.pathOf(name), 'D:\\x')
  t.equal(state.reads, 2)
  t.end()
})

t.test('only files of fixed local disks are to be opened', t => {
  const { table, roots } = machine()
  for (const [name, expected] of [
    ['\\Device\\HarddiskVolume1\\a\\b.dll', '\\\\?\\C:\\a\\b.dll'],
    ['\\DEVICE\\HARDDISKVOLUME1\\x', '\\\\?\\C:\\x'],
    ['\\Device\\HarddiskVolume2\\x', `\\\\?\\${guid}\\x`],
    ['\\??\\C:\\x', '\\\\?\\C:\\x'],
    ['\\??\\c:\\x', '\\\\?\\C:\\x'],
    ['\\Device\\HarddiskVolume4\\x', undefined], // can be taken out
    ['\\??\\E:\\x', undefined],
    ['\\Device\\HarddiskVolume12\\x', undefined], // has no name
    ['\\Device\\HarddiskVolumeShadowCopy1\\x', undefined],
    ['\\Device\\Floppy0\\x', undefined],
    ['\\Device\\Volume{0c1de2a1-0000-0000-0000-000000000000}\\x', undefined],
    ['\\??\\P:\\x', undefined],
    ['\\??\\S:\\x', undefined], // SUBST: the kernel names no file so
    ['\\??\\X:\\x', undefined],
    ['\\??\\Q:\\x', undefined],
    ['\\??\\UNC\\server\\share\\x', undefined],
    ['\\Device\\Mup\\server\\share\\x', undefined],
    ['\\Device\\LanmanRedirector\\;X:0\\server\\share\\x', undefined],
    ['C:\\x', undefined],
    ['', undefined],
  ] as const)
    t.equal(table.onFixedDisk(name), expected, name)
  t.same(roots, ['C:\\', `\\\\?\\${guid}\\`, 'E:\\'], 'each is asked once')
  t.end()
})

t.test('whether a disk is fixed is asked anew with the table', t => {
  const { table, state, roots } = machine()
  table.onFixedDisk('\\Device\\HarddiskVolume1\\x')
  state.time += 5_001
  table.onFixedDisk('\\Device\\HarddiskVolume1\\x')
  t.same(roots, ['C:\\', 'C:\\'])
  t.end()
})
