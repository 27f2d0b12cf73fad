/**
 * A minidump (`.dmp`) of a Windows process as a system of that one process, on
 * any machine: its regions, modules, threads and what memory it holds.
 */
import type { ProviderOptions, System } from '../contract.ts'
import { openDump } from './directory.ts'
import { Facts } from './facts.ts'
import { DumpFile } from './file.ts'
import { DumpSystem } from './system.ts'

export interface MinidumpOptions extends ProviderOptions {
  /** Path of the dump. */
  readonly file: string
}

/**
 * The file stays open until `close`. The errno of open(2); EINVAL for what is
 * no minidump of a Windows process; EIO, naming the stream, for one that is cut
 * short, contradicts itself or does not tell whose it is.
 */
export const open = ({ file, spans }: MinidumpOptions): System => {
  const source = new DumpFile(file)
  try {
    const facts = new Facts(openDump(source))
    // Windows has no such ids: one user, the superuser
    const opener = {
      uid: process.geteuid?.() ?? 0,
      gid: process.getegid?.() ?? 0,
    }
    return new DumpSystem(facts, opener, () => source.close(), { spans })
  } catch (thrown) {
    source.close()
    throw thrown
  }
}
