import t from 'tap'
import { sidIn, versionIn } from '../../../install/windows/parse.ts'

t.test('a SID prints as Windows writes it', t => {
  const table = [
    ['010100000000000512000000', 'S-1-5-18'],
    ['010200000000000520000000 20020000', 'S-1-5-32-544'],
    ['010100000000000100000000', 'S-1-1-0'],
    [
      '010500000000000515000000 d0ae5f71 d1b3fb0f 8e9ecb48 e9030000',
      'S-1-5-21-1902096080-268153809-1221303950-1001',
    ],
    // more than 32 bits of authority
    ['0101123456789abc01000000', 'S-1-20015998343868-1'],
    ['020100000000000512000000', undefined],
    ['01020000000000051200000', undefined],
    ['', undefined],
  ] as const
  for (const [hex, text] of table)
    t.equal(sidIn(Buffer.from(hex.replaceAll(' ', ''), 'hex')), text, hex)
  t.end()
})

t.test('a file version is found where its header is', t => {
  const bytes = Buffer.alloc(92)
  bytes.write('VS_VERSION_INFO', 6, 'utf16le')
  bytes.writeUInt32LE(0xfeef04bd, 40)
  bytes.writeUInt32LE(0x0002_0001, 48)
  t.same(versionIn(bytes), [2, 1])
  bytes.writeUInt32LE(0xffff_8000, 48)
  t.same(versionIn(bytes), [65_535, 32_768])
  t.equal(versionIn(bytes.subarray(0, 51)), undefined)
  bytes.writeUInt32LE(0, 40)
  t.equal(versionIn(bytes), undefined)
  t.end()
})
