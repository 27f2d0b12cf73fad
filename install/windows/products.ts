import { call } from './functions.ts'
import { versionIn } from './parse.ts'
import type { Release } from './names.ts'

const MsiEnumRelatedProductsW = call('msi', 'MsiEnumRelatedProductsW')
const GetFileVersionInfoSizeW = call('version', 'GetFileVersionInfoSizeW')
const GetFileVersionInfoW = call('version', 'GetFileVersionInfoW')

/** The characters of a product code, `{…}`, and of a NUL. */
const codeLength = 39

/** A bound of ours: there is one of each version at most. */
const most = 64

/** Product codes of what is installed of an upgrade code (msi.h). */
export const productsOf = (upgradeCode: string): string[] => {
  const found: string[] = []
  const bytes = Buffer.alloc(codeLength * 2)
  while (
    found.length < most &&
    MsiEnumRelatedProductsW(upgradeCode, 0, found.length, bytes) === 0
  )
    found.push(bytes.toString('utf16le', 0, (codeLength - 1) * 2))
  return found
}

/** The version of a program or DLL; undefined if it is not there or has none. */
export const fileVersion = (path: string): Release | undefined => {
  const size = GetFileVersionInfoSizeW(path, null)
  if (size === 0) return undefined
  const bytes = new Uint8Array(size)
  return GetFileVersionInfoW(path, 0, size, bytes) === 0
    ? undefined
    : versionIn(bytes)
}
