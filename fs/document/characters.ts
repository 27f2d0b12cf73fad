import { Access, type Region } from '../../provider/contract.ts'

const { read, write, execute, copy, guard } = Access
const mapped = 32
const reserve = 64

const readable = read | copy
const writable = write | copy

/** All that the characters depend on, as an index. */
const indexOf = ({ state, type, access }: Region): number =>
  (state === 'reserve' ? reserve : access & (mapped - 1)) |
  (type === 'mapped' ? mapped : 0)

const rwx = (bits: number): string =>
  (bits & readable ? 'r' : '-') +
  (bits & writable ? 'w' : '-') +
  (bits & execute ? 'x' : '-')

/** Shared: what is written lands in the section, not in a private copy. */
const isShared = (bits: number): boolean => (bits & (mapped | copy)) === mapped

const table = (characters: (bits: number) => string) => {
  const all = Array.from({ length: 2 * reserve }, (_, bits) => characters(bits))
  return (region: Region): string => all[indexOf(region)] as string
}

/**
 * What an access means to a program, in the kernel's four characters: nothing
 * that faults when touched (reserved, guarded, PAGE_NOACCESS) is readable.
 */
export const linuxCharacters = table(
  bits =>
    (bits & (reserve | guard) ? '---' : rwx(bits)) +
    (isShared(bits) ? 's' : 'p'),
)

/**
 * Cygwin's characters: `===` is reserved, `g` a guard page; a shared one does
 * not tell its guard (winsup/cygwin/fhandler/process.cc).
 */
export const cygwinCharacters = table(
  bits =>
    (bits & reserve ? '===' : rwx(bits)) +
    (isShared(bits) ? 's' : bits & guard ? 'g' : 'p'),
)
