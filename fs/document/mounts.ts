import type { Task } from '../../provider/contract.ts'
import { mountPoint, mountSource } from './escape.ts'

/**
 * `source point type options 0 0` per mount (fs/proc_namespace.c:show_vfsmnt).
 * What the kernel escapes in options beyond the characters that end a field,
 * such as a comma within a value, comes out bare.
 */
export function* mounts(task: Task): Generator<string> {
  for (const { source, point, type, options } of task.mounts?.() ?? [])
    yield `${mountSource(source)} ${mountPoint(point)} ${mountSource(type)} ${mountPoint(options)} 0 0\n`
}
