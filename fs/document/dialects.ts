import type { Region } from '../../provider/contract.ts'
import type { Characters } from '../../provider/space/coalesce.ts'
import type { Dialect } from '../../provider/space/labels.ts'
import { cygwinCharacters, linuxCharacters } from './characters.ts'
import { hex2, hex8 } from './hex.ts'

interface Form {
  readonly characters: Characters
  /** One line of maps, with its end; `name` as it is to be printed. */
  line(region: Region, name: string): string
}

/** Blanks by their number. */
const blanks = Array.from({ length: 80 }, (_, length) => ' '.repeat(length))

/** Bytes from the start of the allocation. */
const within = ({ start, base }: Region): number => start - base

/**
 * `%08lx-%08lx %c%c%c%c %08llx %02x:%02x %lu `, the name at column 73, the
 * last blank also where there is no name (fs/proc/task_mmu.c:show_map_vma). A
 * prefix of 73 columns and more is still followed by a blank of its own.
 *
 * The offset, where the source knows none, is that in the allocation, and 0
 * for private memory. For an image that is the RVA, not the offset in the
 * file; for a view it is wrong by where in the section the view begins.
 */
const linux: Form = {
  characters: linuxCharacters,
  line(region, name) {
    const { start, end, type, offset, major, minor, inode } = region
    const range = `${hex8(start)}-${hex8(end)}`
    const bytes = hex8(offset ?? (type === 'private' ? 0 : within(region)))
    const device = `${hex2(major ?? 0)}:${hex2(minor ?? 0)}`
    const prefix = `${range} ${linuxCharacters(region)} ${bytes} ${device} ${inode ?? 0} `
    return name === ''
      ? `${prefix}\n`
      : `${prefix}${blanks[73 - prefix.length] || ' '}${name}\n`
  },
}

const upper = (number: number): string => hex8(number).toUpperCase()

const upper4 = (number: number): string =>
  number.toString(16).toUpperCase().padStart(4, '0')

/**
 * `%08lx-%08lx %s %08lx %04x:%04x %U   ` in upper case, filled up to column 62
 * also where there is no name. The offset is that in the allocation, also for
 * private memory (winsup/cygwin/fhandler/process.cc:format_process_maps).
 */
const cygwin: Form = {
  characters: cygwinCharacters,
  line(region, name) {
    const { start, end, offset, major, minor, inode } = region
    const range = `${upper(start)}-${upper(end)}`
    const bytes = upper(offset ?? within(region))
    const device = `${upper4(major ?? 0)}:${upper4(minor ?? 0)}`
    const prefix = `${range} ${cygwinCharacters(region)} ${bytes} ${device} ${inode ?? 0}   `
    return `${prefix.padEnd(62)}${name}\n`
  },
}

export const dialects = { linux, cygwin } as const satisfies Record<
  Dialect,
  Form
>
