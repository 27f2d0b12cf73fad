import t from 'tap'
import * as flags from '../../../../fs/winfsp/codec/flags.ts'
import { Kind } from '../../../../fs/winfsp/codec/kinds.ts'
import { bodies, parts } from '../../../../fs/winfsp/codec/requests.ts'
import * as structures from '../../../../fs/winfsp/codec/structures.ts'
import { missing, noProgram } from '../../../rig/need.ts'
import {
  compiled,
  goldenBytes,
  goldenNames,
  goldenNumber,
  goldenText,
} from '../../../rig/winfsp.ts'

type Offsets = Record<string, readonly [offset: number, type: unknown]>

const layouts = Object.entries({ ...structures, ...bodies })

for (const machine of ['x86_64', 'i686']) {
  const compiler = `${machine}-w64-mingw32`
  const needs = missing(
    noProgram(`${compiler}-gcc`),
    noProgram(`${compiler}-objcopy`),
  )
  t.test(`the golden bytes are what C says on ${machine}`, needs, t => {
    t.equal(compiled(compiler), goldenText)
    t.end()
  })
}

t.test('offsets and sizes are those of C, and none is missing', t => {
  const declared = layouts.flatMap(([name, layout]) => [
    `size ${name} = ${layout.size}`,
    ...Object.entries(layout.fields as Offsets).map(
      ([field, [offset]]) => `at ${name}.${field} = ${offset}`,
    ),
  ])
  const said = goldenNames
    .filter(name => /^(?:at|size) /.test(name))
    .map(name => `${name} = ${goldenNumber(name)}`)
  t.strictSame(declared.toSorted(), said.toSorted())
  t.end()
})

t.test('numbers are those of the Windows headers', t => {
  const table: readonly (readonly [Record<string, number>, string])[] = [
    [flags.AccessMask, 'access '],
    [flags.FileAttribute, 'FILE_ATTRIBUTE_'],
    [{ SYMLINK: flags.ReparseTag.SYMLINK }, 'IO_REPARSE_TAG_'],
    [{ changing: flags.changing }, ''],
  ]
  for (const [numbers, prefix] of table)
    for (const [name, value] of Object.entries(numbers))
      t.equal(value, goldenNumber(prefix + name), name)
  for (const [name, value] of Object.entries(flags.ControlCode))
    t.equal(value, goldenNumber(`FSCTL_${name}_REPARSE_POINT`), name)
  t.end()
})

t.test('bits are where C places them', t => {
  const table: readonly (readonly [Record<string, number>, string, number])[] =
    [
      [flags.VolumeFlag, 'volume', structures.VolumeParams.fields.Flags[0]],
      [flags.TimeoutValid, 'valid', structures.VolumeParams.fields.Valid[0]],
      [flags.CreateFlag, 'create', bodies.Create.fields.Flags[0]],
      [flags.CleanupFlag, 'cleanup', bodies.Cleanup.fields.Flags[0]],
      [flags.DirectoryFlag, 'directory', bodies.QueryDirectory.fields.Flags[0]],
      [flags.OpenedFlag, 'opened', structures.OpenedRsp.fields.Flags[0]],
    ]
  for (const [bits, prefix, offset] of table) {
    for (const [name, bit] of Object.entries(bits)) {
      const bytes = goldenBytes(`${prefix} ${name}`)
      const expected = new Uint8Array(bytes.length)
      new DataView(expected.buffer).setUint32(offset, bit, true)
      t.strictSame(bytes, expected, `${prefix} ${name}`)
    }
    const said = goldenNames.filter(name => name.startsWith(`${prefix} `))
    t.equal(said.length, Object.keys(bits).length, prefix)
  }
  t.end()
})

t.test('every kind has a body, and a number of its own', t => {
  t.strictSame(Object.keys(bodies), Object.keys(Kind))
  t.strictSame(
    Object.values(Kind),
    Array.from({ length: 21 }, (_, index) => index + 1),
  )
  t.end()
})

t.test('every BUF that a request can have is looked at', t => {
  const shapes: Record<string, Record<string, string>> = parts
  const bufs = new Set([
    'SecurityDescriptor',
    'Ea',
    'NewFileName',
    'VolumeLabel',
    'Pattern',
    'Marker',
    'Buffer',
  ])
  for (const [kind, { fields }] of Object.entries(bodies))
    t.strictSame(
      Object.keys(fields).filter(field => bufs.has(field)),
      Object.keys(shapes[kind] ?? {}),
      kind,
    )
  t.end()
})

t.test('the disposition is the upper byte of the options', t => {
  t.equal(flags.dispositionOf(0x0520_0060), flags.Disposition.OVERWRITE_IF)
  t.equal(flags.dispositionOf(0xff00_0000), 0xff)
  t.end()
})
