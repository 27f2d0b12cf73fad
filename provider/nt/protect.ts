/**
 * The constants of MEMORY_BASIC_INFORMATION (winnt.h) in the words of
 * provider/contract.ts.
 */
import { Access, type Region } from '../contract.ts'

const { read, write, execute, copy, guard } = Access

/** MEM_COMMIT, MEM_RESERVE, MEM_FREE. */
export const states: Readonly<Record<number, Region['state']>> = {
  0x1000: 'commit',
  0x2000: 'reserve',
  0x1_0000: 'free',
}

/** MEM_PRIVATE, MEM_MAPPED, MEM_IMAGE. */
export const types: Readonly<Record<number, Region['type']>> = {
  0x2_0000: 'private',
  0x4_0000: 'mapped',
  0x100_0000: 'image',
}

/** The low byte of a PAGE_* is one of these. */
const protections: Readonly<Record<number, number>> = {
  0x00: 0, // where the walker may not know
  0x01: 0, // PAGE_NOACCESS
  0x02: read, // PAGE_READONLY
  0x04: read | write, // PAGE_READWRITE
  0x08: read | copy, // PAGE_WRITECOPY
  0x10: execute, // PAGE_EXECUTE
  0x20: execute | read, // PAGE_EXECUTE_READ
  0x40: execute | read | write, // PAGE_EXECUTE_READWRITE
  0x80: execute | read | copy, // PAGE_EXECUTE_WRITECOPY
}

const PAGE_GUARD = 0x100

/**
 * {@link Access} bits of a PAGE_*; undefined for what is none. What else the
 * upper bits tell (PAGE_NOCACHE, PAGE_WRITECOMBINE, enclaves) is left out.
 */
export const accessOf = (protect: number): number | undefined => {
  const access = protections[protect & 0xff]
  return access !== undefined && protect & PAGE_GUARD ? access | guard : access
}

const keyOf = <T>(
  table: Readonly<Record<number, T>>,
  wanted: T,
): number | undefined =>
  Object.keys(table)
    .map(Number)
    .find(key => table[key] === wanted)

/** MEM_* of a state. */
export const stateOf = (state: Region['state']): number =>
  keyOf(states, state) as number

/** MEM_* of a type. */
export const typeOf = (type: Region['type']): number =>
  keyOf(types, type) as number

/**
 * PAGE_* of {@link Access} bits. What Windows has no word for, such as memory
 * that can be written and not read, is the next that allows more.
 */
export const protectOf = (access: number): number => {
  const bits = access & ~guard
  const more = bits & write ? bits | read : bits
  const page =
    (bits === 0 ? 0x01 : keyOf(protections, bits)) ??
    keyOf(protections, more) ??
    0x40
  return access & guard ? page | PAGE_GUARD : page
}
