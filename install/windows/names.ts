/** Names that Windows, WinFsp and this program agree on. */

/**
 * Keys of HKEY_LOCAL_MACHINE, in the 32-bit view: WinFsp's own, also on a
 * 64-bit Windows, lie there, in SOFTWARE\WOW6432Node (WinFsp, doc/
 * WinFsp-Registry-Settings). SYSTEM has but one view.
 */
export const keys = {
  winfsp: 'SOFTWARE\\WinFsp',
  /** The service of Windows that starts file systems for `net use`. */
  launcher: 'SYSTEM\\CurrentControlSet\\Services\\WinFsp.Launcher',
  /** What the Launcher starts for \\winprocfs\…; this program's. */
  service: 'SOFTWARE\\WinFsp\\Services\\winprocfs',
  /** What `install` put there that is no service; this program's. */
  record: 'SOFTWARE\\winprocfs',
} as const

/** Values of the record. */
export const recorded = {
  /** The product code of the WinFsp that `install` installed. */
  product: 'WinFsp',
  /** The name of the task that mounts at boot. */
  task: 'Task',
} as const

/** Of the task that mounts at boot. */
export const taskName = 'winprocfs'

/** What all releases of WinFsp's installer have in common (its Product.wxs). */
export const upgradeCode = '{5466A3D8-3AA1-4240-B6A0-3A051940A3EC}'

/** WinFsp's DLLs by `process.arch`; each installation has all three. */
const dlls: Readonly<Record<string, string>> = {
  x64: 'winfsp-x64.dll',
  ia32: 'winfsp-x86.dll',
  arm64: 'winfsp-a64.dll',
}

/** Its path below InstallDir; undefined where WinFsp has none. */
export const dllOf = (installDir: string, arch: string): string | undefined => {
  const file = dlls[arch]
  return file && `${installDir.replace(/[\\/]+$/, '')}\\bin\\${file}`
}

/** Major and minor. */
export type Release = readonly [number, number]

/** The first that the drive can be mounted with. */
export const oldest: Release = [2, 0]

export const isOld = ([major, minor]: Release): boolean =>
  major < oldest[0] || (major === oldest[0] && minor < oldest[1])

/** The last one without the fixes of CVE-2026-3006 and CVE-2026-7162. */
const lastVulnerable: Release = [2, 1]

export const isVulnerable = ([major, minor]: Release): boolean =>
  major < lastVulnerable[0] ||
  (major === lastVulnerable[0] && minor <= lastVulnerable[1])
