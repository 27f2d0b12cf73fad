/**
 * The kernel's escapes: a character that would end a field becomes a backslash
 * and three octal digits (fs/seq_file.c:mangle_path, lib/string_helpers.c).
 */
const octal = (character: string): string =>
  `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`

const escaper = (characters: RegExp) => (text: string) =>
  text.replaceAll(characters, octal)

const newline = escaper(/\n/g)

/** A path in maps (fs/proc/task_mmu.c:show_map_vma). */
export const mapsName = (name: string): string =>
  name.includes('\n') ? newline(name) : name

/** A source or a type in mounts (fs/proc_namespace.c:mangle). */
export const mountSource = escaper(/[ \t\n\\#]/g)

/** A mount point or options in mounts (fs/proc_namespace.c:show_vfsmnt). */
export const mountPoint = escaper(/[ \t\n\\]/g)

/** `Name` in status (fs/proc/array.c:proc_task_name). */
export const statusName = (name: string): string =>
  name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
