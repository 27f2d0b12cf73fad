import koffi from 'koffi'

/** Where a call takes or fills memory: the bytes of a typed array, or NULL. */
type Bytes = Uint8Array | null

/**
 * What a parameter or a result may be: numbers and pointers to bytes, nothing
 * else. A `handle` is a HANDLE or an address that is only passed on, as a
 * Number; `wide` is a string that the call reads as UTF-16, ended by NUL.
 */
interface Types {
  int32: number
  uint32: number
  uint64: number
  handle: number
  bytes: Bytes
  wide: string | null
}

export type TypeName = keyof Types

/** koffi's names of them. */
const names: Readonly<Record<TypeName, string>> = {
  int32: 'int32',
  uint32: 'uint32',
  uint64: 'uint64',
  handle: 'intptr',
  bytes: 'void *',
  wide: 'str16',
}

/** What a function returns, and what it takes. */
export type Signature = readonly [TypeName, readonly TypeName[]]

type Parameters<Names extends readonly TypeName[]> = {
  -readonly [at in keyof Names]: Types[Names[at]]
}

export type Imports<Table extends Readonly<Record<string, Signature>>> = {
  readonly [name in keyof Table]: (
    ...values: Parameters<Table[name][1]>
  ) => Types[Table[name][0]]
}

/**
 * The functions of a DLL as a table. The DLL is loaded and a function looked
 * for when that is first called, by each thread for itself, so that this can
 * be imported on any system. One that is not there throws at its call.
 *
 * No structure is told to koffi: its names are the process's, and bytes are
 * read and written by provider/nt/layout.ts.
 */
export const dll = <const Table extends Readonly<Record<string, Signature>>>(
  file: string,
  table: Table,
): Imports<Table> => {
  const bound = {}
  for (const [name, [result, parameters]] of Object.entries(table))
    Object.defineProperty(bound, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value: unknown = koffi.load(file).func(
          name,
          names[result],
          parameters.map(parameter => names[parameter]),
        )
        Object.defineProperty(bound, name, { value, enumerable: true })
        return value
      },
    })
  return bound as Imports<Table>
}

/** Where a buffer of more than 64 bytes is: it does not move while it lives. */
export const addressOf = (bytes: Uint8Array): number =>
  Number(koffi.address(bytes))
