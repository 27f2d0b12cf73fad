import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { thisWindows, type Facts } from './windows/system.ts'

/** The facts that the doctor asks a machine for. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly arch: string
  /** Of node: `20.19.0`. */
  readonly version: string
  /** Undefined where there are none. */
  readonly uid: number | undefined
  /** Where a program is, by PATH. */
  which(program: string): string | undefined
  /** Text of a file; throws a system error. */
  read(path: string): string
  /** st_mode and st_uid; throws a system error. */
  stat(path: string): { readonly mode: number; readonly uid: number }
  /** Opens a device for reading and writing, and closes it; throws. */
  open(device: string): void
  /** A package by name; throws what it throws. */
  load(name: string): unknown
  /** Asked on Windows alone; each may throw. */
  readonly windows: Facts
}

const require = createRequire(import.meta.url)

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  version: process.versions.node,
  uid: process.geteuid?.(),
  which: program =>
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .map(folder => join(folder, program))
      .find(isProgram),
  read: path => readFileSync(path, 'utf8'),
  stat: path => statSync(path),
  open: device => closeSync(openSync(device, 'r+')),
  load: name => require(name) as unknown,
  windows: thisWindows,
}
