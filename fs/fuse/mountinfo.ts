import { readFileSync } from 'node:fs'
import { decode } from '../../provider/text.ts'

/** The type of our mounts, as /proc/mounts shows it. */
export const ourType = 'fuse.winprocfs'

/** One line of /proc/self/mountinfo (proc(5)). */
export interface Mounted {
  readonly id: number
  /** Id of the mount that this one is mounted on. */
  readonly parent: number
  readonly point: string
  readonly type: string
}

/** `\040` and the like: fs/proc_namespace.c:mangle */
const unescape = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  )

/** Lines that are not of that form tell of nothing that could be ours. */
export const parse = (text: string): Mounted[] =>
  text.split('\n').flatMap(line => {
    const fields = line.split(' ')
    const [id, parent, , , point] = fields
    // the optional fields, any number of them, end with a hyphen
    const type = fields[fields.indexOf('-', 6) + 1]
    return point === undefined || type === undefined
      ? []
      : [
          {
            id: Number(id),
            parent: Number(parent),
            point: unescape(point),
            type,
          },
        ]
  })

/** All mounts this process can see; none where there is no such file. */
export const mounts = (): Mounted[] => {
  try {
    return parse(decode(readFileSync('/proc/self/mountinfo')))
  } catch {
    return []
  }
}

export const isOurs = ({ type }: Mounted): boolean => type === ourType

/** `/`, `/a`, `/a/b` */
const prefixes = (path: string): string[] =>
  path
    .split('/')
    .filter(name => name !== '')
    .reduce(
      (before, name) => [
        ...before,
        `${before.length > 1 ? before.at(-1) : ''}/${name}`,
      ],
      ['/'],
    )

/**
 * The mount that a path without links leads into, mounts over mounts and
 * hidden ones considered, and without touching any file system: a stat of a
 * mount whose server hangs would never return.
 */
export const mountAt = (
  all: readonly Mounted[],
  path: string,
): Mounted | undefined => {
  const ids = new Set(all.map(({ id }) => id))
  let current: Mounted | undefined
  for (const prefix of prefixes(path)) {
    for (;;) {
      const over = all.find(({ id, parent, point }) =>
        current
          ? point === prefix && parent === current.id && id !== parent
          : point === prefix && (!ids.has(parent) || id === parent),
      )
      if (!over) break
      current = over
    }
  }
  return current
}
