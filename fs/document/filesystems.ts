import type { System } from '../../provider/contract.ts'

/** `nodev<tab>name`, or `<tab>name` (fs/filesystems.c:filesystems_proc_show). */
export function* filesystems(system: System): Generator<string> {
  for (const { name, nodev } of system.filesystems?.() ?? [])
    yield `${nodev ? 'nodev' : ''}\t${name}\n`
}
