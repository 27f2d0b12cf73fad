/**
 * How a Windows path is printed. `mixed`: `C:/Windows/x.dll`, which every
 * program on the machine can open; `windows`: `C:\Windows\x.dll`; `cygwin`:
 * `/cygdrive/c/Windows/x.dll`; `msys`: `/c/Windows/x.dll`; `wsl`:
 * `/mnt/c/Windows/x.dll`.
 */
export type PathStyle = (typeof pathStyles)[number]

export const pathStyles = ['mixed', 'windows', 'cygwin', 'msys', 'wsl'] as const

/** What stands for a drive, `C:`, given its letter. */
const drives: Record<
  Exclude<PathStyle, 'windows'>,
  (letter: string) => string
> = {
  mixed: letter => `${letter}:`,
  cygwin: letter => `/cygdrive/${letter.toLowerCase()}`,
  msys: letter => `/${letter.toLowerCase()}`,
  wsl: letter => `/mnt/${letter.toLowerCase()}`,
}

const onDrive = /^([A-Za-z]):\\/
const onServer = /^\\\\/

/** Most names, found out without a pattern: a path from the root, a label. */
const isPosix = (name: string): boolean =>
  name.startsWith('/') || name.startsWith('[')

const slashes = (path: string): string => path.replaceAll('\\', '/')

/**
 * A region's name as a style prints it: `C:\Windows\x.dll` and
 * `\\server\share\x` are translated, all else (POSIX paths, `[labels]`, device
 * names) is printed as it is.
 *
 * Approximations: the prefixes are the ones these systems have by default; no
 * mount table is read. WSL has no path for a share, so there it prints as
 * Cygwin's, `//server/share/x`.
 */
export const printPath = (name: string, style: PathStyle): string => {
  if (style === 'windows' || isPosix(name)) return name
  const letter = onDrive.exec(name)?.[1]
  if (letter !== undefined)
    return drives[style](letter) + slashes(name.slice(2))
  return onServer.test(name) ? slashes(name) : name
}
