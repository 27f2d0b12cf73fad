import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import koffi from 'koffi'
import { Errno } from '../../provider/errno.ts'
import type { Package } from './package.ts'

const require = createRequire(import.meta.url)

/** The package's own libfuse 2.9, which its addon never finds by itself. */
const bundled = (): string =>
  join(
    dirname(require.resolve('fuse-native/package.json')),
    'prebuilds',
    `${process.platform}-${process.arch}`,
    'libfuse.so',
  )

/** What a failure's message says, and what can be done about it. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/Cannot find module 'fuse-native/, 'npm install fuse-native'],
  [/libfuse\.so\.2/, 'install libfuse2 (in Debian 13 libfuse2t64)'],
  [/libfuse.*\.dylib/, 'install macFUSE'],
  [/No native build/, 'it has builds for x64 only; use --host fuse'],
]

const unloadable = (error: unknown): Errno => {
  const { message } = error as Error
  const [line] = message.split('\n')
  const [, remedy] = remedies.find(([said]) => said.test(message)) ?? []
  return new Errno(
    'ENODEV',
    `fuse-native does not load: ${line}${remedy ? `; ${remedy}` : ''}`,
  )
}

/**
 * The package; ENODEV, with the remedy, where it does not load. Where the
 * system has no libfuse.so.2, the library that the package brings along is
 * loaded first: the dynamic linker then takes it for the one it looks for,
 * since their SONAMEs are equal (glibc; elf/dl-load.c:_dl_map_object).
 */
export const loadPackage = (
  load: () => unknown = () => require('fuse-native'),
  preload: () => void = () => void koffi.load(bundled()),
): Package => {
  try {
    return load() as Package
  } catch (error) {
    if (!/libfuse\.so\.2/.test(String(error))) throw unloadable(error)
    try {
      preload()
      return load() as Package
    } catch {
      throw unloadable(error)
    }
  }
}
