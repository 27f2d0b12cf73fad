import koffi from 'koffi'

/** Where a call takes or fills memory: the bytes of a typed array, or NULL. */
type Bytes = Uint8Array | null

/**
 * What a parameter or a result may be: numbers and pointers to bytes, nothing
 * else. A `handle` is a HANDLE or an address that is only passed on, as a
 * Number; an `address` may be any of 64 bits; `size` is as wide as a pointer;
 * `wide` is a string that the call reads as UTF-16, ended by NUL.
 */
interface Types {
  void: void
  uint8: number
  int32: number
  uint32: number
  uint64: number
  size: number
  address: bigint
  handle: number
  bytes: Bytes
  wide: string | null
}

export type TypeName = keyof Types

/** koffi's names of them. */
const names: Readonly<Record<TypeName, string>> = {
  void: 'void',
  uint8: 'uint8',
  int32: 'int32',
  uint32: 'uint32',
  uint64: 'uint64',
  size: 'size_t',
  address: 'uint64',
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
 * Functions by name, each looked for by `find` when it is first taken, so that
 * a library can be named on a system that lacks it, or some of it. Each thread
 * binds its own.
 */
export const lazily = <Functions>(
  table: Readonly<Record<keyof Functions, unknown>>,
  find: (name: keyof Functions & string) => unknown,
): Functions => {
  const bound = {}
  for (const name of Object.keys(table) as (keyof Functions & string)[])
    Object.defineProperty(bound, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = find(name)
        Object.defineProperty(bound, name, { value, enumerable: true })
        return value
      },
    })
  return bound as Functions
}

/**
 * A library by its path, loaded once. It stays for as long as the thread: koffi
 * unloads one when the last function of it is collected, and what it knew would
 * be gone, though handles that it gave are still in use.
 */
const load = (file: string): ReturnType<typeof koffi.load> => {
  const known = loaded.get(file)
  if (known) return known
  const library = koffi.load(file)
  loaded.set(file, library)
  return library
}

const loaded = new Map<string, ReturnType<typeof koffi.load>>()

/**
 * The functions of a DLL as a table; see {@link lazily}. One that is not there
 * throws at its call.
 *
 * No structure is told to koffi: its names are the process's, and bytes are
 * read and written by provider/nt/layout.ts.
 */
export const dll = <const Table extends Readonly<Record<string, Signature>>>(
  file: string,
  table: Table,
): Imports<Table> =>
  lazily<Imports<Table>>(table, name => {
    const [result, parameters] = table[name] as Signature
    return load(file).func(
      name,
      names[result],
      parameters.map(parameter => names[parameter]),
    )
  })

/** Where a buffer of more than 64 bytes is: it does not move while it lives. */
export const addressOf = (bytes: Uint8Array): number =>
  Number(koffi.address(bytes))

/** Memory that stays where it is until the process ends; its address. */
export const lasting = (bytes: Uint8Array): bigint => {
  const address = koffi.alloc('uint8', bytes.length) as bigint
  new Uint8Array(koffi.view(address, bytes.length)).set(bytes)
  return address
}
