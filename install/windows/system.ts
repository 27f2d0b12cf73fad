import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, win32 } from 'node:path'
import type { Release } from './names.ts'
import type { Tool } from './plan.ts'
import { fileVersion, productsOf } from './products.ts'
import { Refusal } from './refusal.ts'
import { getValue, removeKey, setValues, type Value } from './registry.ts'
import { isElevated, userSid } from './token.ts'

/** What is asked of a Windows; each may throw. */
export interface Facts {
  /** A value of HKEY_LOCAL_MACHINE, in the 32-bit view. */
  value(key: string, name: string): Value | undefined
  exists(path: string): boolean
  fileVersion(path: string): Release | undefined
  isElevated(): boolean
}

/** What `install` and `uninstall` do to it. */
export interface Windows extends Facts {
  /** SID of the user. */
  user(): string
  /** Folders in which only administrators may write. */
  guarded(): readonly string[]
  /** Product codes of what is installed of an upgrade code. */
  products(upgradeCode: string): readonly string[]
  set(key: string, values: Readonly<Record<string, Value>>): void
  remove(key: string): void
  /** Runs a program to its end, and yields its exit code. */
  run(tool: Tool, args: readonly string[]): number
  /** Lets a scheduled task start by what an XML document says. */
  task(name: string, xml: string): void
}

const variable = (name: string): string => process.env[name] ?? ''

/**
 * A folder by the variable that names it, of a drive: anything else, or nothing
 * at all, would lead from the current folder.
 */
const folderOf = (name: string): string => {
  const folder = variable(name)
  if (!/^[a-z]:\\/i.test(folder))
    throw new Refusal(`the variable ${name} names no folder`)
  return folder
}

/**
 * Where they are: never looked for, since whatever is called so in the current
 * folder would be found first, and run with an administrator's rights.
 */
const pathOf = (tool: Tool): string =>
  tool === 'winget'
    ? win32.join(
        folderOf('LOCALAPPDATA'),
        'Microsoft',
        'WindowsApps',
        'winget.exe',
      )
    : win32.join(folderOf('SystemRoot'), 'System32', `${tool}.exe`)

/** Minutes that an installer may take; a download is part of it. */
const patience = 20

const run = (tool: Tool, args: readonly string[]): number => {
  const { status, error } = spawnSync(pathOf(tool), args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: patience * 60_000,
    windowsHide: true,
  })
  if (error === undefined && status !== null) return status
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOENT')
    throw new Refusal(
      tool === 'winget'
        ? 'there is no winget here: get the installer from https://winfsp.dev/rel/ and name it with --msi'
        : `${pathOf(tool)} is not there`,
    )
  throw new Refusal(
    code === 'ETIMEDOUT'
      ? `${tool} did not end within ${patience} minutes`
      : `${tool} cannot be run: ${error?.message ?? 'it was ended'}`,
  )
}

/** schtasks takes the document from a file, in UTF-16 with its mark. */
const task = (name: string, xml: string): void => {
  const folder = mkdtempSync(join(tmpdir(), 'winprocfs-'))
  const file = join(folder, 'task.xml')
  try {
    writeFileSync(file, Buffer.from(`\ufeff${xml}`, 'utf16le'))
    const args = ['/Create', '/TN', name, '/XML', file, '/F']
    const code = run('schtasks', args)
    if (code !== 0) throw new Refusal(`schtasks ended with exit code ${code}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const thisWindows: Windows = {
  value: getValue,
  exists: existsSync,
  fileVersion,
  isElevated,
  user: userSid,
  guarded: () =>
    ['ProgramFiles', 'ProgramW6432', 'ProgramFiles(x86)'].map(variable),
  products: productsOf,
  set: setValues,
  remove: removeKey,
  run,
  task,
}
