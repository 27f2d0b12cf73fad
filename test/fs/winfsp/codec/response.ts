import t from 'tap'
import { Kind } from '../../../../fs/winfsp/codec/kinds.ts'
import { lxSymlink, symlink } from '../../../../fs/winfsp/codec/reparse.ts'
import { dataSize, Responses } from '../../../../fs/winfsp/codec/response.ts'
import { Status } from '../../../../fs/winfsp/status.ts'
import { golden, goldenBytes, hint } from '../../../rig/winfsp.ts'

const bytes = new Uint8Array(3 * 16_384 - 8)
const responses = new Responses(bytes)

const time = 133_443_072_000_000_000n
const info = {
  attributes: 1,
  size: 0x11_2233_4455,
  index: 0x1079_0000_0007n,
  time,
}
const linkInfo = {
  attributes: 0x400,
  tag: 0xa000_000c,
  size: 0,
  index: 8n,
  time,
}
const ids = { file: 77, handle: 0x1_2345_6789_abcd, granted: 0x12_0089 }
const path = '\\Proc\\4242\\maps'

const to = (kind: keyof typeof Kind) => ({ number: Kind[kind], hint })

const inside = { substitute: '\\1\\maps', print: 'self/', relative: true }
const away = { substitute: '\\??\\C:\\x', print: 'C:\\x', relative: false }

t.test('responses are the bytes that C structures hold', t => {
  const table: readonly (readonly [string, () => number])[] = [
    [
      'status',
      () => responses.status(to('QueryInformation'), Status.ObjectNameNotFound),
    ],
    ['transferred', () => responses.transferred(to('Read'), 4096, 4096)],
    ['written', () => responses.transferred(to('Write'), 4, 4, info)],
    ['info', () => responses.info(to('QueryInformation'), info)],
    [
      'volume',
      () =>
        responses.volume(to('QueryVolumeInformation'), {
          total: 4096,
          free: 512,
          label: 'proc',
        }),
    ],
    [
      'opened',
      () => responses.opened(to('Create'), { ...ids, info: linkInfo }),
    ],
    [
      'opened name',
      () =>
        responses.opened(to('Create'), {
          ...ids,
          info,
          name: path,
          disableCache: true,
        }),
    ],
    ['elsewhere', () => responses.elsewhere(to('Create'), '\\??\\C:\\Windows')],
    ['reparsed', () => responses.reparsed(to('Create'), symlink(inside))],
    ['data', () => responses.data(to('FileSystemControl'), symlink(away))],
    [
      'security',
      () => responses.security(to('QuerySecurity'), goldenBytes('descriptor')),
    ],
    ['ea', () => responses.ea(to('SetEa'), info, Buffer.from('1234567\0'))],
  ]
  for (const [name, respond] of table) {
    bytes.fill(0xaa)
    responses.clear()
    const length = respond()
    const written = Buffer.from(bytes.subarray(0, length)).toString('hex')
    t.equal(written, golden(`response ${name}`), name)
    t.equal(bytes[length], 0xaa, 'and not one byte more')
  }
  t.end()
})

t.test('several follow one another, while one more fits', t => {
  responses.clear()
  t.equal(responses.length, 0)
  const first = responses.status(to('Close'), 0)
  t.equal(first, 128)
  const second = responses.opened(to('Create'), { ...ids, info, name: path })
  t.equal(second, 128 + 160)
  t.equal(responses.length, second)
  const all = Buffer.from(bytes.subarray(0, second)).toString('hex')
  t.equal(all.slice(256, 256 + 8), '0000a000')
  t.equal(responses.hasRoom, true)
  responses.data(to('QueryEa'), new Uint8Array(dataSize))
  t.equal(responses.hasRoom, true)
  const third = responses.data(to('QueryEa'), new Uint8Array(dataSize))
  t.equal(responses.hasRoom, false)
  const last = new Uint8Array(dataSize)
  t.throws(() => responses.data(to('QueryEa'), last), { code: 'EFBIG' })
  t.equal(responses.length, third, 'what there was still is')
  t.equal(responses.status(to('Close'), 0), third + 128)
  t.end()
})

t.test('what the driver would not accept is not written', t => {
  responses.clear()
  const big = new Uint8Array(dataSize + 1)
  const long = `\\${'x'.repeat(dataSize / 2)}`
  const table: readonly (readonly [string, () => unknown, string])[] = [
    [
      'more than asked',
      () => responses.transferred(to('Read'), 2, 1),
      'EINVAL',
    ],
    ['long data', () => responses.data(to('QueryEa'), big), 'EFBIG'],
    [
      'more than a program takes',
      () => responses.data(to('DeviceControl'), new Uint8Array(9), 8),
      'EFBIG',
    ],
    [
      'more than that, whatever it takes',
      () => responses.data(to('DeviceControl'), big, 1e6),
      'EFBIG',
    ],
    ['long attributes', () => responses.ea(to('SetEa'), info, big), 'EFBIG'],
    [
      'a long name',
      () => responses.opened(to('Create'), { ...ids, info, name: long }),
      'ENAMETOOLONG',
    ],
    [
      'a relative name',
      () => responses.opened(to('Create'), { ...ids, info, name: 'proc' }),
      'EINVAL',
    ],
    [
      'a relative path elsewhere',
      () => responses.elsewhere(to('Create'), 'C:\\Windows'),
      'EINVAL',
    ],
    [
      'a link that is not resolved',
      () =>
        responses.reparsed(
          to('Create'),
          symlink({ ...inside, substitute: '1\\maps' }),
        ),
      'EINVAL',
    ],
    [
      'a long label',
      () =>
        responses.volume(to('QueryVolumeInformation'), {
          total: 0,
          free: 0,
          label: 'x'.repeat(33),
        }),
      'ENAMETOOLONG',
    ],
    [
      'no descriptor',
      () => responses.security(to('QuerySecurity'), new Uint8Array(20)),
      'EINVAL',
    ],
  ]
  for (const [name, respond, code] of table) {
    t.throws(respond, { code }, name)
    t.equal(responses.length, 0, name)
  }
  t.end()
})

t.test('a link that only tells ends a path as what it is', t => {
  responses.clear()
  const length = responses.reparsed(to('Create'), lxSymlink('pipe:[7]'))
  const data = new DataView(bytes.buffer, 0, length)
  t.equal(data.getUint32(16, true), 0xa000_001d)
  t.equal(data.getUint32(20, true), 0x104)
  const link = Buffer.from(bytes.subarray(128, 148)).toString('hex')
  t.equal(link, golden('symlink lx'))
  t.end()
})
