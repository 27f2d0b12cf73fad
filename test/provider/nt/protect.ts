import t from 'tap'
import { Access } from '../../../provider/contract.ts'
import {
  accessOf,
  protectOf,
  stateOf,
  states,
  typeOf,
  types,
} from '../../../provider/nt/protect.ts'
import { access } from '../../fixtures/regions.ts'

t.test('PAGE_* as access', t => {
  const table: readonly (readonly [number, string])[] = [
    [0x00, ''],
    [0x01, ''],
    [0x02, 'r'],
    [0x04, 'rw'],
    [0x08, 'rc'],
    [0x10, 'x'],
    [0x20, 'rx'],
    [0x40, 'rwx'],
    [0x80, 'rcx'],
    [0x104, 'rwg'],
    [0x101, 'g'],
    [0x204, 'rw'], // PAGE_NOCACHE
    [0x404, 'rw'], // PAGE_WRITECOMBINE
    [0x4000_0040, 'rwx'], // PAGE_TARGETS_INVALID
  ]
  for (const [protect, word] of table)
    t.equal(accessOf(protect), access(word), protect.toString(16))
  t.end()
})

t.test('what is no PAGE_* has no access', t => {
  for (const protect of [0x03, 0x06, 0x24, 0xff, 0x1ff])
    t.equal(accessOf(protect), undefined, protect.toString(16))
  t.end()
})

t.test('states and types of memory', t => {
  t.same([states[0x1000], states[0x2000]], ['commit', 'reserve'])
  t.same([states[0x1_0000], states[0]], ['free', undefined])
  t.same([types[0x2_0000], types[0x4_0000]], ['private', 'mapped'])
  t.same([types[0x100_0000], types[0]], ['image', undefined])
  t.end()
})

t.test('what contract says has a constant, which says the same', t => {
  for (const state of ['commit', 'reserve', 'free'] as const)
    t.equal(states[stateOf(state)], state)
  for (const type of ['private', 'mapped', 'image'] as const)
    t.equal(types[typeOf(type)], type)
  const { read, write, execute, copy, guard } = Access
  for (let bits = 0; bits < 32; bits++) {
    const back = accessOf(protectOf(bits)) ?? 0
    t.equal(back & guard, bits & guard)
    const pages = bits & ~guard
    const isOne = [
      0,
      read,
      read | write,
      read | copy,
      execute,
      execute | read,
      execute | read | write,
      execute | read | copy,
    ].includes(pages)
    if (isOne) t.equal(back, bits)
    else t.ok(((back | read) & pages & ~copy) === (pages & ~copy), `${bits}`)
  }
  t.equal(protectOf(0), 0x01)
  t.equal(protectOf(write), 0x04)
  t.equal(protectOf(read | write | guard), 0x104)
  t.equal(protectOf(write | copy), 0x40)
  t.end()
})
