import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Real dumps, kept beside the checkout, with what others read in them. */
const folder = resolve(import.meta.dirname, '../../../../shared/dumps')

/**
 * Skips a test where they are not, which they need not be: they are no part of
 * the repository, and other tests do the same with dumps that it makes.
 */
export const ofRealDumps = {
  skip: !existsSync(folder) && 'needs recorded dumps of Windows',
}

const dumpsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(name => name.endsWith('.dmp'))
        .map(name => join(folder, name))
    : []

export const realDumps = dumpsIn(join(folder, 'files'))

/** What is no dump of a Windows process. */
export const badDumps = dumpsIn(join(folder, 'files/negative'))

type Hex = `0x${string}`

/** What another reader found in a dump. */
export interface Expected {
  readonly file: string
  readonly pid: number
  readonly misc: {
    readonly ctime: number
    readonly utime: number
    readonly ktime: number
  }
  readonly os: string
  readonly csd: string
  /** By their names, or their numbers in hex. */
  readonly streams: readonly string[]
  readonly unloadedModules: number
  readonly threadNames: number
  readonly handles: {
    readonly count: number
    readonly types: Readonly<Record<string, number>>
    readonly first: readonly {
      readonly handle: Hex
      readonly type: string
      readonly name: string
      readonly access: Hex
    }[]
  } | null
  readonly arch: string
  /** Of the machine's own width. */
  readonly peb?: {
    readonly peb: Hex
    readonly readable: boolean
    readonly imagepath?: string
    readonly cmdline?: string
    readonly curdir?: string
  }
  readonly wow64: { readonly peb32: Hex } | null
  readonly modules: readonly {
    readonly base: Hex
    readonly size: Hex
    readonly path: string
  }[]
  readonly threads: readonly {
    readonly tid: number
    readonly stackBase: Hex | null
    readonly stackLimit: Hex | null
    readonly info?: {
      readonly createTime: number
      readonly kernelTime: number
      readonly userTime: number
      readonly startAddress: Hex
    }
  }[]
  /** Of the lists and of the threads' stacks. */
  readonly memoryRanges: { readonly count: number; readonly bytes: number }
  /** Base, size, AllocationBase, AllocationProtect, State, Protect, Type. */
  readonly regions:
    | readonly (readonly [
        Hex,
        Hex,
        Hex,
        Hex,
        Hex,
        Hex,
        Hex,
        readonly string[],
        string | null,
      ])[]
    | null
}

export const expectedOf = (dump: string): Expected =>
  JSON.parse(
    readFileSync(
      dump.replace(/files\/([^/]*)\.dmp$/, 'expected/$1.json'),
      'utf8',
    ),
  ) as Expected
