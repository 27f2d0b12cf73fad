import t from 'tap'
import * as structures from '../../../../fs/fuse/codec/structures.ts'
import { Fopen, Init, Version } from '../../../../fs/fuse/codec/flags.ts'
import { Opcode } from '../../../../fs/fuse/codec/opcodes.ts'
import { compile } from '../../../rig/cc.ts'
import { goldenSource, goldenText } from '../../../rig/golden.ts'
import { missing, noCompiler, noHeader } from '../../../rig/need.ts'

type Offsets = Record<string, readonly [offset: number, type: unknown]>

/** InHeader -> fuse_in_header */
const nameOf = (name: string): string =>
  `fuse${name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}`

/** Where C has another shape: the one structure we read only the start of. */
const shapes: Record<string, { struct?: string; size?: string }> = {
  InitIn: { size: 'offsetof(struct fuse_init_in, flags2)' },
  StatfsOut: { struct: 'fuse_kstatfs' },
}

/** Opcodes that a header knows from this minor version on. */
const since: Record<string, number> = { STATX: 39, COPY_FILE_RANGE_64: 45 }

/** Prints what the header says of everything that we declare. */
const program = (): string => {
  const lines: string[] = []
  const say = (name: string, expression: string): void => {
    lines.push(`printf("${name} %lld\\n", (long long)(${expression}));`)
  }
  for (const [name, { fields }] of Object.entries(structures)) {
    const struct = `struct ${shapes[name]?.struct ?? nameOf(name)}`
    say(name, shapes[name]?.size ?? `sizeof(${struct})`)
    for (const field of Object.keys(fields))
      say(`${name}.${field}`, `offsetof(${struct}, ${field})`)
  }
  for (const name of Object.keys(Opcode)) {
    lines.push(`#if FUSE_KERNEL_MINOR_VERSION >= ${since[name] ?? 0}`)
    say(`FUSE_${name}`, `FUSE_${name}`)
    lines.push('#endif')
  }
  for (const name of Object.keys(Init)) say(`FUSE_${name}`, `FUSE_${name}`)
  for (const name of Object.keys(Fopen)) say(`FOPEN_${name}`, `FOPEN_${name}`)
  return [
    '#include <linux/fuse.h>',
    '#include <stddef.h>',
    '#include <stdio.h>',
    'int main(void) {',
    'printf("minor %d\\n", FUSE_KERNEL_MINOR_VERSION);',
    ...lines,
    'return 0; }',
  ].join('\n')
}

/** What we declare, in the same order. */
const declared = (minor: number): string[] => {
  const layouts = Object.entries(structures).flatMap(([name, layout]) => [
    `${name} ${layout.size}`,
    ...Object.entries(layout.fields as Offsets).map(
      ([field, [offset]]) => `${name}.${field} ${offset}`,
    ),
  ])
  const opcodes = Object.entries(Opcode)
    .filter(([name]) => (since[name] ?? 0) <= minor)
    .map(([name, value]) => `FUSE_${name} ${value}`)
  return [
    ...layouts,
    ...opcodes,
    ...Object.entries(Init).map(([name, value]) => `FUSE_${name} ${value}`),
    ...Object.entries(Fopen).map(([name, value]) => `FOPEN_${name} ${value}`),
  ]
}

const needs = missing(noCompiler, noCompiler || noHeader('linux/fuse.h'))

t.test('offsets, sizes and numbers are those of <linux/fuse.h>', needs, t => {
  const built = compile(program())
  t.teardown(built.remove)
  const [first, ...said] = built.run().trim().split('\n')
  const minor = Number(first?.split(' ')[1])
  t.ok(minor >= Version.least)
  t.strictSame(declared(minor), said)
  t.end()
})

t.test('the golden bytes are what C prints', needs, t => {
  const built = compile(goldenSource, '-Wno-missing-field-initializers')
  t.teardown(built.remove)
  t.equal(built.run(), goldenText)
  t.end()
})

t.test('fields lie inside their structure and do not overlap', t => {
  for (const [name, { size, fields }] of Object.entries(structures)) {
    const offsets = Object.values(fields as Offsets).map(([offset]) => offset)
    t.strictSame(
      offsets,
      [...new Set(offsets)].toSorted((a, b) => a - b),
      name,
    )
    t.ok(
      offsets.every(offset => offset + 2 <= size),
      name,
    )
  }
  t.end()
})

t.test('opcodes are all different', t => {
  const values = Object.values(Opcode)
  t.equal(new Set(values).size, values.length)
  t.end()
})
