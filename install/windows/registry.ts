import { call, handleIn } from './functions.ts'
import { Refusal } from './refusal.ts'

/** What a value may be: REG_SZ or REG_DWORD. */
export type Value = string | number

/** HKEY_LOCAL_MACHINE, as a signed number of 32 bits (winreg.h). */
const localMachine = 0x8000_0002 | 0

/** winreg.h, winnt.h, winerror.h */
const RRF_RT_REG_SZ = 0x2
const RRF_RT_REG_DWORD = 0x10
const RRF_SUBKEY_WOW6464KEY = 0x1_0000
const RRF_SUBKEY_WOW6432KEY = 0x2_0000
const KEY_WOW64_32KEY = 0x200
const KEY_SET_VALUE = 0x2
const DELETE_TREE = 0x1_0000 | 0x8 | 0x2 | 0x1
const REG_SZ = 1
const REG_DWORD = 4
const ERROR_SUCCESS = 0
const ERROR_FILE_NOT_FOUND = 2

const RegGetValueW = call('advapi32', 'RegGetValueW')
const RegCreateKeyExW = call('advapi32', 'RegCreateKeyExW')
const RegOpenKeyExW = call('advapi32', 'RegOpenKeyExW')
const RegSetValueExW = call('advapi32', 'RegSetValueExW')
const RegDeleteTreeW = call('advapi32', 'RegDeleteTreeW')
const RegCloseKey = call('advapi32', 'RegCloseKey')

const refused = (what: string, key: string, error: number): Refusal =>
  new Refusal(`the registry does not ${what} ${key}: error ${error} of Windows`)

/** Bytes of a value that is looked at; a longer one is refused. */
const limit = 0x2000

const views = { 32: RRF_SUBKEY_WOW6432KEY, 64: RRF_SUBKEY_WOW6464KEY }

/**
 * A value of a key, as programs of so many bits see it; undefined if either is
 * not there. Throws Refusal.
 */
export const getValue = (
  key: string,
  name: string,
  bits: keyof typeof views = 32,
): Value | undefined => {
  const type = new Uint8Array(4)
  const bytes = new Uint8Array(limit)
  const size = new Uint8Array(4)
  const sizeView = new DataView(size.buffer)
  sizeView.setUint32(0, limit, true)
  const flags = RRF_RT_REG_SZ | RRF_RT_REG_DWORD | views[bits]
  const error = RegGetValueW(localMachine, key, name, flags, type, bytes, size)
  if (error === ERROR_FILE_NOT_FOUND) return undefined
  if (error !== ERROR_SUCCESS) throw refused(`give ${name} of`, key, error)
  if (new DataView(type.buffer).getUint32(0, true) === REG_DWORD)
    return new DataView(bytes.buffer).getUint32(0, true)
  return Buffer.from(bytes.buffer, 0, sizeView.getUint32(0, true))
    .toString('utf16le')
    .replace(/\0[^]*/, '')
}

const dataOf = (value: Value): readonly [number, Uint8Array] => {
  if (typeof value === 'string')
    return [REG_SZ, Buffer.from(`${value}\0`, 'utf16le')]
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return [REG_DWORD, bytes]
}

/** Sets values of a key, which is made if it is not there. Throws Refusal. */
export const setValues = (
  key: string,
  values: Readonly<Record<string, Value>>,
): void => {
  const opened = new Uint8Array(8)
  const access = KEY_SET_VALUE | KEY_WOW64_32KEY
  const made = RegCreateKeyExW(
    localMachine,
    key,
    0,
    null,
    0,
    access,
    null,
    opened,
    null,
  )
  if (made !== ERROR_SUCCESS) throw refused('make', key, made)
  const handle = handleIn(opened)
  try {
    for (const [name, value] of Object.entries(values)) {
      const [type, data] = dataOf(value)
      const error = RegSetValueExW(handle, name, 0, type, data, data.length)
      if (error !== ERROR_SUCCESS) throw refused(`set ${name} of`, key, error)
    }
  } finally {
    RegCloseKey(handle)
  }
}

/** Removes a key with all below; one that is not there is none to remove. */
export const removeKey = (key: string): void => {
  const [, parent = '', name = ''] = /^(.*)\\([^\\]+)$/.exec(key) ?? []
  const opened = new Uint8Array(8)
  const access = DELETE_TREE | KEY_WOW64_32KEY
  const error = RegOpenKeyExW(localMachine, parent, 0, access, opened)
  if (error === ERROR_FILE_NOT_FOUND) return
  if (error !== ERROR_SUCCESS) throw refused('open', parent, error)
  const handle = handleIn(opened)
  try {
    const removed = RegDeleteTreeW(handle, name)
    if (removed !== ERROR_SUCCESS && removed !== ERROR_FILE_NOT_FOUND)
      throw refused('remove', key, removed)
  } finally {
    RegCloseKey(handle)
  }
}
