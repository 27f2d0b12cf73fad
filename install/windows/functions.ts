import { createRequire } from 'node:module'
import { Refusal } from './refusal.ts'

const require = createRequire(import.meta.url)

/**
 * What is called of Windows, by DLL. Handles are numbers; `void *` is the bytes
 * of a typed array, or null.
 */
const declared = {
  advapi32: [
    'int32 __stdcall RegGetValueW(intptr, str16, str16, uint32, void *, void *, void *)',
    'int32 __stdcall RegCreateKeyExW(intptr, str16, uint32, void *, uint32, uint32, void *, void *, void *)',
    'int32 __stdcall RegOpenKeyExW(intptr, str16, uint32, uint32, void *)',
    'int32 __stdcall RegSetValueExW(intptr, str16, uint32, uint32, void *, uint32)',
    'int32 __stdcall RegDeleteTreeW(intptr, str16)',
    'int32 __stdcall RegCloseKey(intptr)',
    'int32 __stdcall OpenProcessToken(intptr, uint32, void *)',
    'int32 __stdcall GetTokenInformation(intptr, uint32, void *, uint32, void *)',
  ],
  kernel32: [
    'int32 __stdcall CloseHandle(intptr)',
    'uint32 __stdcall GetSystemDirectoryW(void *, uint32)',
  ],
  msi: [
    'uint32 __stdcall MsiEnumRelatedProductsW(str16, uint32, uint32, void *)',
  ],
  version: [
    'uint32 __stdcall GetFileVersionInfoSizeW(str16, void *)',
    'int32 __stdcall GetFileVersionInfoW(str16, uint32, uint32, void *)',
  ],
} as const

type Call = (
  ...values: readonly (number | string | Uint8Array | null)[]
) => number

type Dll = keyof typeof declared

type NameIn<Text> = Text extends `${string}__stdcall ${infer Name}(${string}`
  ? Name
  : never

const bound = new Map<string, Call>()

const load = (dll: Dll, name: string): Call => {
  const text = declared[dll].find(each => each.includes(` ${name}(`))
  try {
    const koffi = require('koffi') as typeof import('koffi')
    return koffi.load(`${dll}.dll`).func(text as string) as Call
  } catch (error) {
    const [line] = (error as Error).message.split('\n')
    throw new Refusal(`${name} of ${dll}.dll cannot be called: ${line}`)
  }
}

/**
 * A function of a DLL of Windows. koffi is loaded at the first call, which
 * throws Refusal if that fails: what asks no Windows works without it.
 */
export const call =
  <In extends Dll>(
    dll: In,
    name: NameIn<(typeof declared)[In][number]>,
  ): Call =>
  (...values) => {
    const key = `${dll}.${name}`
    let found = bound.get(key)
    if (found === undefined) bound.set(key, (found = load(dll, name)))
    return found(...values)
  }

/** A handle that a call put into eight bytes. */
export const handleIn = (bytes: Uint8Array): number =>
  Number(new DataView(bytes.buffer).getBigInt64(0, true))
