/**
 * Walks of processes that live, under Wine: of this one, and of those that
 * test/live/regions.ts started. It tells of them in the environment.
 */
import koffi from 'koffi'
import { readFileSync, statSync } from 'node:fs'
import t, { type Test } from 'tap'
import { Access, type Region } from '../../provider/contract.ts'
import { DeviceTable } from '../../provider/windows/devices.ts'
import { identify } from '../../provider/windows/fileid.ts'
import { Files } from '../../provider/windows/files.ts'
import { mappedName } from '../../provider/windows/names.ts'
import { readLinks, systemRoot } from '../../provider/windows/volumes.ts'
import { walk } from '../../provider/windows/walk.ts'
import { expected, told } from '../rig/wine/agreement.ts'
import { given } from '../rig/wine/inner.ts'
import { walkOf } from '../rig/wine/oracle.ts'

const kernel32 = koffi.load('kernel32.dll')
const OpenProcess = kernel32.func('OpenProcess', 'intptr', [
  'uint32',
  'int32',
  'uint32',
]) as (access: number, inherit: number, pid: number) => number
const TerminateProcess = kernel32.func('TerminateProcess', 'int32', [
  'intptr',
  'uint32',
]) as (process: number, code: number) => number
const WaitForSingleObject = kernel32.func('WaitForSingleObject', 'uint32', [
  'intptr',
  'uint32',
]) as (handle: number, milliseconds: number) => number

/** PROCESS_QUERY_INFORMATION and PROCESS_VM_READ, and more to end it. */
const open = (name: string, more = 0): number => {
  const handle = OpenProcess(0x410 | more, 0, Number(given(name)))
  if (handle === 0) throw new Error(`no process ${name}`)
  return handle
}

const ourselves = -1
const top = 0x7fff_ffff_0000

const files = new Files()

const regionsOf = (process: number): Region[] =>
  walk(process, { isGone: () => false, fileAt: files.at })

const isWhole = (t: Test, regions: readonly Region[]): void => {
  t.ok(regions.length > 100, `${regions.length} regions`)
  t.same(
    regions.filter(({ start, end }, at) => {
      const before = at === 0 ? 0 : regions[at - 1]?.end
      return start !== before || end <= start
    }),
    [],
    'each begins where the one before ends',
  )
  t.equal(regions.at(-1)?.end, top, 'up to the end of user space')
  t.ok(
    regions.every(({ start, base }) => base <= start),
    'none begins before its allocation',
  )
}

/** What node, which asks in its own way, says of the files of regions. */
const areFiles = (t: Test, regions: readonly Region[]): void => {
  const named = regions.filter(
    ({ name, inode }) => name !== undefined && inode !== undefined,
  )
  t.ok(new Set(named.map(({ name }) => name)).size > 10)
  for (const { name = '', major, minor, inode } of new Map(
    named.map(region => [region.name, region]),
  ).values()) {
    const { dev, ino } = statSync(name, { bigint: true })
    const device = BigInt(((major as number) << 16) >>> 0) + BigInt(minor ?? 0)
    t.same([device, inode], [dev, ino], name)
  }
}

t.test('this process', t => {
  const regions = regionsOf(ourselves)
  isWhole(t, regions)
  areFiles(t, regions)
  const image = regions.find(({ name }) => name === process.execPath)
  t.match(image, { type: 'image', state: 'commit', access: Access.read })
  const at = koffi.address(new Uint8Array(4096))
  t.match(
    regions.find(({ start, end }) => start <= Number(at) && Number(at) < end),
    { state: 'commit', type: 'private', access: Access.read | Access.write },
  )
  t.end()
})

t.test('another process', t => {
  const regions = regionsOf(open('OTHER'))
  isWhole(t, regions)
  areFiles(t, regions)
  t.ok(regions.some(({ name }) => name === process.execPath))
  t.end()
})

t.test('a process that stands still, as a walker in C tells it', t => {
  const walked = walkOf(readFileSync(given('WALKED'), 'utf8'))
  const regions = regionsOf(open('STILL'))
  isWhole(t, regions)
  t.equal(regions.length, walked.length)
  t.same(regions.map(told), walked.map(expected))
  t.end()
})

t.test('a process that has ended', t => {
  const process = open('ENDING', 0x10_0001)
  const image = regionsOf(process).find(({ type }) => type === 'image')
  t.type(image?.name, 'string')
  t.not(TerminateProcess(process, 0), 0)
  t.equal(WaitForSingleObject(process, 10_000), 0)
  t.throws(() => regionsOf(process), { code: 'ESRCH' })
  t.end()
})

t.test('a HANDLE that is none', t => {
  t.throws(() => regionsOf(0x7ff0), { code: 'EBADF' })
  t.equal(mappedName(0x7ff0, 0x10000), undefined)
  t.end()
})

t.test('drives and volumes', t => {
  const links = readLinks()
  const drive = links.find(({ name }) => name === 'C:')
  t.match(drive?.target, /^\\Device\\HarddiskVolume\d+$/)
  t.same(drive?.paths, ['C:'])
  const volume = links.find(({ name }) => name.startsWith('Volume{'))
  t.match(volume?.name, /^Volume\{[\da-f-]{36}\}$/)
  t.match(volume?.paths[0], /^[A-Z]:\\$/)
  const root = systemRoot()
  t.match(root, /^C:\\windows$/i)

  const devices = new DeviceTable()
  const onDevice = `${drive?.target}${root.slice(2)}`
  t.equal(devices.pathOf(onDevice), root)
  t.equal(devices.pathOf(`\\??\\${volume?.name}\\x`), `${volume?.paths[0]}x`)
  t.equal(devices.pathOf('\\SystemRoot\\x'), `${root}\\x`)
  t.equal(devices.pathOf('\\Device\\None\\x'), '\\Device\\None\\x')
  t.equal(devices.onFixedDisk(onDevice), `\\\\?\\${root}`)
  t.end()
})

t.test('what a path names', t => {
  const { dev, ino } = statSync('package.json', { bigint: true })
  const id = identify('package.json')
  t.equal(id?.inode, ino)
  t.equal(((id?.major as number) << 16) >>> 0, Number(dev & 0xffff_0000n))
  t.equal(id?.minor, Number(dev & 0xffffn))
  t.ok(identify('C:\\windows')?.inode, 'a folder')
  t.equal(identify('C:\\windows\\is not there'), undefined)
  t.equal(identify(''), undefined)
  t.end()
})
