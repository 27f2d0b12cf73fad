import { Errno } from '../../provider/errno.ts'
import { advapi32 } from './kernel.ts'
import { getText } from './codec/utf16.ts'
import { isSuccess } from './status.ts'
import type { Winfsp } from './winfsp.ts'

/** Names another DLL in place of the installed one: its absolute path. */
export const override = 'WINPROCFS_WINFSP'

/** WinFsp's DLLs by `process.arch`; each installation has all three. */
const files: Readonly<Record<string, string>> = {
  x64: 'winfsp-x64.dll',
  ia32: 'winfsp-x86.dll',
  arm64: 'winfsp-a64.dll',
}

/** Absolute: what lies about under that name elsewhere is not loaded. */
const absolute = /^(?:[A-Za-z]:[\\/]|\\\\)/

export const missing = (): Errno =>
  new Errno(
    'ENODEV',
    'WinFsp not found: winget install WinFsp.WinFsp (https://winfsp.dev/rel/)',
  )

/** HKEY_LOCAL_MACHINE; RRF_RT_REG_SZ and RRF_SUBKEY_WOW6432KEY (winreg.h). */
const localMachine = 0x8000_0002 | 0
const flags = 0x2_0002

/** Where the registry says that WinFsp is installed: the 32-bit view's. */
export const installed = (): string | undefined => {
  const bytes = new Uint8Array(0x1000)
  const size = new Uint8Array(4)
  const data = new DataView(bytes.buffer)
  const sizeView = new DataView(size.buffer)
  sizeView.setUint32(0, bytes.length, true)
  const error = advapi32.RegGetValueW(
    localMachine,
    'SOFTWARE\\WinFsp',
    'InstallDir',
    flags,
    null,
    bytes,
    size,
  )
  if (error !== 0) return undefined
  const text = getText(data, 0, sizeView.getUint32(0, true))
  return text.replace(/\0.*/s, '')
}

/** What decides which DLL is loaded. */
export interface Place {
  readonly override: string | undefined
  readonly arch: string
  readonly installed: () => string | undefined
}

/** The DLL's absolute path; ENODEV where WinFsp is not installed. */
export const pathOf = ({ override: path, arch, installed }: Place): string => {
  if (path) {
    if (absolute.test(path)) return path
    throw new Errno('EINVAL', `${override}: ${path} is no absolute path`)
  }
  const folder = installed()
  const file = files[arch]
  if (!folder || !file || !absolute.test(folder)) throw missing()
  return `${folder.replace(/[\\/]$/, '')}\\bin\\${file}`
}

export const find = (): string =>
  pathOf({ override: process.env[override], arch: process.arch, installed })

/** The oldest that has all that is asked of it, and the last with known holes. */
const oldest = 0x2_0000
const lastVulnerable = 0x2_0001

const nameOf = (version: number): string =>
  `${version >>> 16}.${version & 0xffff}`

/**
 * What is to be said of a release; undefined: nothing. ENODEV for one that is
 * too old. 2.1 and all before lack the fixes of CVE-2026-3006 and
 * CVE-2026-7162.
 */
export const warningOf = (version: number): string | undefined => {
  const name = nameOf(version)
  if (version < oldest)
    throw new Errno(
      'ENODEV',
      `WinFsp ${name} is too old, ${nameOf(oldest)} is needed: winget upgrade WinFsp.WinFsp`,
    )
  return version > lastVulnerable
    ? undefined
    : `WinFsp ${name} has known vulnerabilities (CVE-2026-3006, CVE-2026-7162): winget upgrade WinFsp.WinFsp, or a later release from https://winfsp.dev/rel/`
}

/** The release that runs; {@link missing} if its DLL cannot be loaded. */
export const versionOf = (winfsp: Winfsp): number => {
  const bytes = new Uint8Array(4)
  let status
  try {
    status = winfsp.FspVersion(bytes)
  } catch {
    throw missing()
  }
  if (!isSuccess(status)) throw missing()
  return new DataView(bytes.buffer).getUint32(0, true)
}
