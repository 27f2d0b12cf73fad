/**
 * RTL_USER_PROCESS_PARAMETERS: what a process was started with, in its own
 * memory, where it may change it. Source: phnt's ntrtl.h; ntdiff's dumps of
 * 1903. Sure for x64 and x86, Windows 7 to 11; ARM64 is x64's.
 */
import { layout, n64, u16, u32 } from './layout.ts'
import {
  structure,
  type ByWidth,
  type Numbers,
  type Read,
  type Width,
} from './memory.ts'
import { Peb } from './peb.ts'
import { utf16 } from './utf16.ts'

/** Of a string: bytes of it, and where its text is. */
type StringField<Name extends string> = `${Name}.Length` | `${Name}.Buffer`

type Text = 'CurrentDirectory' | 'ImagePathName' | 'CommandLine' | 'WindowTitle'

/** Up to CurrentDirectores, which a dump may leave out. */
export const ProcessParameters: ByWidth<
  Numbers<StringField<Text> | 'Flags' | 'Environment'>
> = {
  8: layout(0x0f0, {
    Flags: [0x008, u32],
    'CurrentDirectory.Length': [0x038, u16], // CURDIR.DosPath
    'CurrentDirectory.Buffer': [0x040, n64],
    'ImagePathName.Length': [0x060, u16],
    'ImagePathName.Buffer': [0x068, n64],
    'CommandLine.Length': [0x070, u16],
    'CommandLine.Buffer': [0x078, n64],
    Environment: [0x080, n64],
    'WindowTitle.Length': [0x0b0, u16],
    'WindowTitle.Buffer': [0x0b8, n64],
  }),
  4: layout(0x090, {
    Flags: [0x008, u32],
    'CurrentDirectory.Length': [0x024, u16],
    'CurrentDirectory.Buffer': [0x028, u32],
    'ImagePathName.Length': [0x038, u16],
    'ImagePathName.Buffer': [0x03c, u32],
    'CommandLine.Length': [0x040, u16],
    'CommandLine.Buffer': [0x044, u32],
    Environment: [0x048, u32],
    'WindowTitle.Length': [0x070, u16],
    'WindowTitle.Buffer': [0x074, u32],
  }),
}

/** Behind those, since Vista. */
export const EnvironmentSize: ByWidth<Numbers<'EnvironmentSize'>> = {
  8: layout(0x3f8, { EnvironmentSize: [0x3f0, n64] }), // bytes
  4: layout(0x294, { EnvironmentSize: [0x290, u32] }),
}

/** RTL_USER_PROC_PARAMS_NORMALIZED: Buffers are addresses, else offsets. */
const Normalized = 1

/** Bytes of the longest environment that is read. */
export const environmentBound = 0x20_0000

/** Bytes asked for at once. */
const page = 0x1000

/** Where two units of 0 stand in a row, at an even offset; -1 if nowhere. */
const endIn = (bytes: Uint8Array, from: number): number => {
  for (let at = from; at + 4 <= bytes.length; at += 2)
    if (!(bytes[at] || bytes[at + 1] || bytes[at + 2] || bytes[at + 3]))
      return at
  return -1
}

/**
 * The bytes of an environment up to the NUL that ends its last entry, or all
 * `size` of them. Read page by page, for what lies behind the end may be
 * anything. Undefined where memory ends before, or the bound is reached.
 */
const blockAt = (
  read: Read,
  address: number,
  size: number,
): Uint8Array | undefined => {
  const bytes = new Uint8Array(Math.min(size, environmentBound))
  for (let length = 0; length < bytes.length;) {
    const at = address + length
    const wanted = Math.min(page - (at % page), bytes.length - length)
    const piece = read(at, wanted)
    bytes.set(piece, length)
    const from = Math.max(0, (length & ~1) - 2)
    length += piece.length
    const end = endIn(bytes.subarray(0, length), from)
    if (end >= 0) return bytes.subarray(0, end)
    if (piece.length < wanted) return undefined
  }
  return size > environmentBound ? undefined : bytes
}

/** The entries of such a block, each ended by NUL. */
const entriesIn = (block: string): string => {
  if (block === '' || block.startsWith('\0')) return ''
  return block.endsWith('\0') ? block : `${block}\0`
}

/**
 * What the parameters tell, each read when it is asked for; undefined where
 * memory is not there, or an environment is longer than
 * {@link environmentBound}.
 */
export interface Parameters {
  /** A DOS path, which ends in `\`. */
  currentDirectory(): string | undefined
  /** Of the program, as it was asked for. */
  imagePath(): string | undefined
  commandLine(): string | undefined
  windowTitle(): string | undefined
  /** `NAME=value` and `=C:=C:\x`, each ended by NUL. */
  environment(): string | undefined
}

/**
 * The parameters that a PEB points to; undefined if it cannot be read, or has
 * none. Lengths are the target's word: a string is at most 65,534 bytes, and
 * the environment ends at an empty entry or at EnvironmentSize.
 */
export const parametersOf = (
  read: Read,
  width: Width,
  peb: number,
): Parameters | undefined => {
  const block = structure(read, Peb[width], peb)?.ProcessParameters
  if (!block) return undefined
  const facts = structure(read, ProcessParameters[width], block)
  if (facts === undefined) return undefined
  const base = facts.Flags & Normalized ? 0 : block

  const text = (name: Text) => (): string | undefined => {
    const length = facts[`${name}.Length`] & ~1
    if (length === 0) return ''
    const bytes = read(base + facts[`${name}.Buffer`], length)
    return bytes.length < length ? undefined : utf16(bytes)
  }

  return {
    currentDirectory: text('CurrentDirectory'),
    imagePath: text('ImagePathName'),
    commandLine: text('CommandLine'),
    windowTitle: text('WindowTitle'),
    environment: () => {
      const { Environment } = facts
      if (Environment === 0) return ''
      const size = structure(read, EnvironmentSize[width], block)
      const told = size?.EnvironmentSize || Number.POSITIVE_INFINITY
      const bytes = blockAt(read, Environment, told)
      return bytes && entriesIn(utf16(bytes))
    },
  }
}
