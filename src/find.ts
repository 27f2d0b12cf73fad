import type { Caller } from '../provider/contract.ts'
import { Errno } from '../provider/errno.ts'
import type { Filesystem } from '../fs/filesystem.ts'
import { root } from '../fs/lookup.ts'
import type { Node } from '../fs/node.ts'
import type { Place } from './place.ts'

/** As many as the kernel follows (include/linux/namei.h:MAXSYMLINKS). */
const most = 40

const inside = /^[\w-]+(?:\/[\w-]+)*$/

/** Whether a link stays in the tree: `1234`, `1234/task/1235`, `self/mounts`. */
export const staysInside = (target: string): boolean => inside.test(target)

/**
 * The node at a place, as path resolution of the kernel finds it. Links that
 * stay in the tree are followed (`self`), the last one unless `keep`; one that
 * leads elsewhere (`exe`, `cwd`) is ELOOP unless it is the last, and kept.
 */
export const find = (
  filesystem: Filesystem,
  { names, directory }: Place,
  caller: Caller,
  keep: 'keep' | 'follow' = 'follow',
): Node => {
  const trail = [root]
  const ahead = [...names]
  const here = (): Node => trail.at(-1) as Node
  let followed = 0
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    if (here().row.kind !== 'directory') throw new Errno('ENOTDIR')
    if (name === '..') {
      if (trail.length > 1) trail.pop()
      continue
    }
    const node = filesystem.lookup(here(), name, caller)
    const last = ahead.length === 0 && !directory
    if (node.row.kind !== 'link' || (last && keep === 'keep')) {
      trail.push(node)
      continue
    }
    const target = filesystem.readlink(node, caller)
    if (!staysInside(target))
      throw new Errno('ELOOP', `Leads out of the tree, to ${target}`)
    if (++followed > most) throw new Errno('ELOOP')
    ahead.unshift(...target.split('/'))
  }
  if (directory && here().row.kind !== 'directory') throw new Errno('ENOTDIR')
  return here()
}
