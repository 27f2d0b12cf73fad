/**
 * Minidumps (`.dmp`) of Windows processes as a system of those processes, on
 * any machine: regions, modules, threads and what memory they hold.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ProviderOptions, System } from '../contract.ts'
import { codeOf, Errno } from '../errno.ts'
import { openDump } from './directory.ts'
import { Facts } from './facts.ts'
import { DumpFile } from './file.ts'
import { DumpSystem } from './system.ts'

export interface MinidumpOptions extends ProviderOptions {
  /** Path of the dump, or of a folder of them. */
  readonly file: string
}

/** Dumps of a folder; more is EFBIG. Each is held open. */
export const dumpBound = 512

interface Opened {
  readonly facts: Facts
  readonly source: DumpFile
}

const opened = (file: string): Opened => {
  const source = new DumpFile(file)
  try {
    return { facts: new Facts(openDump(source)), source }
  } catch (thrown) {
    source.close()
    throw thrown
  }
}

/** `*.dmp` of a folder, by name. */
const dumpsIn = (folder: string): string[] => {
  const names = readdirSync(folder)
    .filter(name => /\.dmp$/i.test(name))
    .sort()
  if (names.length > dumpBound)
    throw new Errno(
      'EFBIG',
      `${folder}: ${names.length} dumps, more than ${dumpBound}`,
    )
  return names.map(name => join(folder, name))
}

/** What can be opened, and of what cannot, why; an unforeseen error as it is. */
const openedOf = (
  files: readonly string[],
): { dumps: Opened[]; complaints: string[] } => {
  const dumps: Opened[] = []
  const complaints: string[] = []
  for (const file of files) {
    try {
      dumps.push(opened(file))
    } catch (thrown) {
      if (codeOf(thrown) === undefined) {
        for (const { source } of dumps) source.close()
        throw thrown
      }
      complaints.push((thrown as Error).message)
    }
  }
  return { dumps, complaints }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/**
 * Files stay open until `close`. The errno of open(2); EINVAL for what is no
 * minidump of a Windows process; EIO, naming the stream, for one that is cut
 * short, contradicts itself or does not tell whose it is.
 *
 * Of a folder, each `.dmp` is a process; one that cannot be opened is left
 * out, and told by `notes`; ENOENT if that leaves none.
 */
export const open = ({ file, spans }: MinidumpOptions): System => {
  const { dumps, complaints } = isFolder(file)
    ? openedOf(dumpsIn(file))
    : { dumps: [opened(file)], complaints: [] }
  if (dumps.length === 0)
    throw new Errno(
      'ENOENT',
      [`${file}: no minidump in this folder`, ...complaints].join('; '),
    )
  // Windows has no such ids: one user, the superuser
  const opener = {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
  }
  return new DumpSystem(
    dumps.map(({ facts }) => facts),
    opener,
    () => {
      for (const { source } of dumps) source.close()
    },
    { spans, complaints },
  )
}
