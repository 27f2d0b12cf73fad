import t from 'tap'
import { addressOf } from '../../../provider/windows/dll.ts'
import { mappedName } from '../../../provider/windows/names.ts'
import type { Query } from '../../../provider/windows/walk.ts'

/** Fills in a UNICODE_STRING of so many bytes, and text behind it. */
const telling =
  (text: string, length = text.length * 2): Query =>
  (_process, _base, _kind, buffer) => {
    const bytes = buffer as Uint8Array
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    view.setUint16(0, length, true)
    view.setBigUint64(8, BigInt(addressOf(bytes) + 16), true)
    bytes.set(Buffer.from(text, 'utf16le'), 16)
    return 0
  }

t.test('the name of what is mapped', t => {
  const name = '\\Device\\HarddiskVolume3\\Wörter\\\u{1f600}.dll'
  t.equal(mappedName(1, 0x1_0000, telling(name)), name)
  t.equal(
    mappedName(1, 0x1_0000, telling(`${name}\0rest`, 32)),
    name.slice(0, 16),
  )
  t.end()
})

t.test('a name ends where it has a NUL', t => {
  t.equal(
    mappedName(1, 0, telling('\\??\\C:\\l_intl.nls\0')),
    '\\??\\C:\\l_intl.nls',
  )
  t.equal(mappedName(1, 0, telling('x\0y\0')), 'x')
  t.end()
})

t.test('a name is asked for once, with room for any', t => {
  const asked: unknown[] = []
  mappedName(0x1c4, 0x7ff8_0000_0000, (process, base, kind, buffer, length) => {
    asked.push([process, base, kind, buffer?.length === length, length])
    return 0xc0000098 | 0
  })
  t.same(asked, [[0x1c4, 0x7ff8_0000_0000, 2, true, 0x1_0020]])
  t.end()
})

t.test('the longest name is whole', t => {
  const longest = '\\'.repeat(0x7fff)
  t.equal(mappedName(1, 0, telling(longest)), longest)
  t.end()
})

t.test('an empty name is none', t => {
  t.equal(mappedName(1, 0, telling('')), undefined)
  t.end()
})

t.test('what fails has no name, but a process that ends has ended', t => {
  for (const status of [
    0xc0000098, // STATUS_FILE_INVALID
    0xc0000141, // STATUS_INVALID_ADDRESS
    0xc0000022, // STATUS_ACCESS_DENIED
    0xc0000004, // STATUS_INFO_LENGTH_MISMATCH
    0x80000005, // STATUS_BUFFER_OVERFLOW
    0xc000000d, // STATUS_INVALID_PARAMETER
  ]) {
    const query = () => status | 0
    t.equal(mappedName(1, 0, query), undefined, status.toString(16))
  }
  t.throws(() => mappedName(1, 0, () => 0xc000010a | 0), { code: 'ESRCH' })
  t.end()
})
