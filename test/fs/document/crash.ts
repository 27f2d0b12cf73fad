import t from 'tap'
import type { Crash } from '../../../provider/contract.ts'
import { access, region } from '../../fixtures/regions.ts'
import { print } from '../../rig/document.ts'

const regions = [
  region(0x40_0000, 0x40_1000, {
    type: 'image',
    access: access('rx'),
    name: 'C:\\a\\b.exe',
  }),
  region(0x50_0000, 0x50_2000, { access: access('r') }),
]

const crash: Crash = {
  tid: 42,
  code: 0xc000_0005,
  name: 'EXCEPTION_ACCESS_VIOLATION',
  address: 0x40_0123n,
  tried: { how: 'write', address: 0x50_0010n },
  notes: [],
}

const image =
  '00400000-00401000 r-xp 00000000 00:00 0                                  C:/a/b.exe\n'

t.test('a crash tells where it was, and the lines of maps it hit', t => {
  t.equal(
    print('crash', { regions, crash }),
    [
      'Code:\tc0000005 EXCEPTION_ACCESS_VIOLATION\n',
      'Thread:\t42\n',
      'Address:\t400123\n',
      `AddressMaps:\t${image}`,
      'Tried:\twrite 500010\n',
      'TriedMaps:\t00500000-00502000 r--p 00000000 00:00 0 \n',
    ].join(''),
  )
  t.end()
})

t.test('an address that maps has no line of is told as such', t => {
  for (const address of [0n, 0x3f_ffffn, 0x40_1000n, 2n ** 64n - 1n]) {
    const tried = { how: 'read', address } as const
    const text = print('crash', { regions, crash: { ...crash, tried } })
    t.match(text, `Tried:\tread ${address.toString(16)}\nTriedMaps:\t-\n`)
  }
  t.end()
})

t.test('what is not known is left out, what is said besides is told', t => {
  const { tried: _, ...rest } = crash
  const notes = [
    ['Annotation_a b', 'one\ntwo\\'],
    ['Unloaded', ''],
  ] as const
  t.equal(
    print('crash', { regions, crash: { ...rest, code: 7, name: '', notes } }),
    [
      'Code:\t00000007\n',
      'Thread:\t42\n',
      'Address:\t400123\n',
      `AddressMaps:\t${image}`,
      'Annotation_a_b:\tone\\ntwo\\\\\n',
      'Unloaded:\t\n',
    ].join(''),
  )
  t.end()
})

t.test('the line is in the dialect of the mount', t => {
  t.match(
    print('crash', { regions, crash }, { dialect: 'cygwin', paths: 'windows' }),
    /AddressMaps:\t00400000-00401000 r-xp 00000000 0000:0000 0 +C:\\a\\b\.exe\n/,
  )
  t.end()
})

t.test(
  'nothing is told of who did not crash, or of whom it is not known',
  t => {
    t.equal(print('crash', { regions }), '')
    t.end()
  },
)
