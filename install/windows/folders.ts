import { call } from './functions.ts'
import { Refusal } from './refusal.ts'
import { getValue } from './registry.ts'

/**
 * Folders of Windows, as the system itself has them: variables of the
 * environment are the user's, also in a program that he has elevated.
 */

const GetSystemDirectoryW = call('kernel32', 'GetSystemDirectoryW')

/** winnt.h:MAX_PATH, with the NUL. */
const longest = 260

/** `C:\Windows\System32` (sysinfoapi.h:GetSystemDirectoryW). Throws Refusal. */
export const systemFolder = (): string => {
  const bytes = Buffer.alloc(longest * 2)
  const units = GetSystemDirectoryW(bytes, longest)
  if (units === 0 || units >= longest)
    throw new Refusal('Windows does not tell where its own folder is')
  return bytes.toString('utf16le', 0, units * 2)
}

const version = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion'

/** In the view of a 64-bit Windows: `Program Files`, and that of 32 bits. */
const programs = ['ProgramFilesDir', 'ProgramFilesDir (x86)']

/** Folders below which only administrators may write. Throws Refusal. */
export const programFolders = (): string[] =>
  programs.flatMap(name => {
    const folder = getValue(version, name, 64)
    return typeof folder === 'string' ? folder : []
  })
