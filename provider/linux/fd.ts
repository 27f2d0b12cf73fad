/** /proc/<pid>/fd (fs/proc/fd.c). */
import { lstatSync, readlinkSync } from 'node:fs'
import { Access, type Descriptor } from '../contract.ts'
import { decode } from '../text.ts'
import { canonical } from './names.ts'

/** The numbers among the entries of a directory, ascending. */
export const fdsOf = (names: readonly string[]): number[] =>
  names
    .filter(name => name === '0' || canonical(name))
    .map(Number)
    .sort((a, b) => a - b)

/** What a link tells. */
export const targetOf = (link: string): string =>
  decode(readlinkSync(link, { encoding: 'buffer' }))

/**
 * What the link of an open file tells, also by its mode: S_IRUSR is for reading,
 * S_IWUSR for writing.
 */
export const descriptorAt = (link: string): Descriptor => {
  const { mode } = lstatSync(link)
  return {
    target: targetOf(link),
    access:
      (mode & 0o400 ? Access.read : 0) | (mode & 0o200 ? Access.write : 0),
  }
}
