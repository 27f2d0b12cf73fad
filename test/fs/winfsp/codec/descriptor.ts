import t from 'tap'
import { isDescriptor } from '../../../../fs/winfsp/codec/descriptor.ts'
import { randomOf } from '../../../rig/random.ts'
import { goldenBytes } from '../../../rig/winfsp.ts'

/** Owner's SID at 20, DACL at 32, its one entry at 40, 60 bytes. */
const descriptor = goldenBytes('descriptor')

const changed = (change: (data: DataView) => void): Uint8Array => {
  const bytes = descriptor.slice()
  change(new DataView(bytes.buffer))
  return bytes
}

t.test('a self-relative descriptor is one, wherever it lies', t => {
  t.equal(isDescriptor(descriptor), true)
  const whole = new Uint8Array(70)
  whole.set(descriptor, 5)
  t.equal(isDescriptor(whole.subarray(5, 65)), true)
  t.end()
})

t.test('what is fine, too', t => {
  const table: readonly (readonly [string, (data: DataView) => void])[] = [
    ['bits of the resource manager', data => data.setUint8(1, 1)],
    ['no owner', data => data.setUint32(4, 0, true)],
    [
      'no DACL, though present: all access',
      data => data.setUint32(16, 0, true),
    ],
    [
      'a DACL that is not present is not looked at',
      data => {
        data.setUint16(2, 0x8000, true)
        data.setUint32(16, 0xffff, true)
      },
    ],
    ['an ACL without entries', data => data.setUint16(36, 0, true)],
    [
      'the same ACL as SACL',
      data => {
        data.setUint16(2, 0x8014, true)
        data.setUint32(12, 32, true)
      },
    ],
  ]
  for (const [name, change] of table)
    t.equal(isDescriptor(changed(change)), true, name)
  t.end()
})

t.test('what is none', t => {
  const table: readonly (readonly [string, (data: DataView) => void])[] = [
    ['another revision', data => data.setUint8(0, 2)],
    ['an absolute one', data => data.setUint16(2, 4, true)],
    ['an owner in the head', data => data.setUint32(4, 8, true)],
    ['an owner beyond the end', data => data.setUint32(4, 53, true)],
    ['a group of another revision', data => data.setUint32(8, 22, true)],
    ['too many sub-authorities', data => data.setUint8(21, 16)],
    ['sub-authorities beyond the end', data => data.setUint8(21, 15)],
    ['a DACL beyond the end', data => data.setUint32(16, 53, true)],
    ['an old ACL', data => data.setUint8(32, 1)],
    ['a new ACL', data => data.setUint8(32, 5)],
    [
      'an ACL that is shorter than its head',
      data => data.setUint16(34, 7, true),
    ],
    ['an ACL beyond the end', data => data.setUint16(34, 29, true)],
    ['an entry beyond the ACL', data => data.setUint16(42, 21, true)],
    ['an entry without a head', data => data.setUint16(42, 3, true)],
    ['more entries than there are', data => data.setUint16(36, 2, true)],
  ]
  for (const [name, change] of table)
    t.equal(isDescriptor(changed(change)), false, name)
  for (let length = 0; length < 60; length++)
    t.equal(isDescriptor(descriptor.subarray(0, length)), false, `${length}`)
  t.end()
})

t.test('no bytes throw', t => {
  const random = randomOf(9)
  let sound = 0
  for (let round = 0; round < 20_000; round++) {
    const bytes = descriptor.slice()
    for (let change = random(4); change > 0; change--)
      bytes[random(bytes.length)] = random(256)
    if (isDescriptor(bytes)) sound++
  }
  t.ok(sound > 2000 && sound < 20_000)
  t.end()
})
