import t from 'tap'
import { idOfSid, sidOf, spellSid } from '../../../provider/nt/sid.ts'

/** Bytes of a SID by its text. */
const bytesOf = (text: string): Buffer => {
  const [, , authority, ...parts] = text.split('-').map(Number)
  const bytes = Buffer.alloc(8 + 4 * parts.length)
  bytes[0] = 1
  bytes[1] = parts.length
  bytes.writeUIntBE(authority ?? 0, 2, 6)
  parts.forEach((part, at) => bytes.writeUInt32LE(part, 8 + 4 * at))
  return bytes
}

t.test('a SID is read, spelt, and has the id that Cygwin gives it', t => {
  const table = [
    ['S-1-5-21-537027915-1003861377-1410757817-1000', 0x3_03e8],
    ['S-1-5-21-1-2-3-513', 0x3_0201],
    ['S-1-5-18', 18],
    ['S-1-5-32-544', 544],
    ['S-1-16-8192', 0x6_2000],
    ['S-1-1-0', 0xffff_ffff],
    ['S-1-5-80-1-2-3-4-5', 0xffff_ffff],
    ['S-1-281474976710655-4294967295', 0xffff_ffff],
    ['S-1-16', 0x6_0000],
  ] as const
  for (const [text, id] of table) {
    const sid = sidOf(Buffer.concat([bytesOf(text), Buffer.of(1, 2, 3)]))
    t.ok(sid, text)
    if (sid === undefined) continue
    t.equal(spellSid(sid), text)
    t.equal(idOfSid(sid), id, text)
  }
  t.end()
})

t.test('what is no SID is none', t => {
  const whole = bytesOf('S-1-5-21-1-2-3-513')
  const changed = (at: number, byte: number): Buffer => {
    const bytes = Buffer.from(whole)
    bytes[at] = byte
    return bytes
  }
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.of(1),
    whole.subarray(0, -1),
    changed(0, 2),
    changed(1, 16),
    Buffer.concat([changed(1, 16), Buffer.alloc(100)]),
  ])
    t.equal(sidOf(bytes), undefined)
  t.end()
})
