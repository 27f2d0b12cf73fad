import type { DocumentName } from '../../fs/document/index.ts'
import { Filesystem } from '../../fs/filesystem.ts'
import type { Node } from '../../fs/node.ts'
import { list } from '../../fs/opendir.ts'
import { root } from '../../fs/lookup.ts'
import { render } from '../../fs/render.ts'
import { Want } from '../../fs/attr.ts'
import type { Process, System } from '../../provider/contract.ts'
import { told } from './told.ts'

const caller = { uid: 0, gid: 0, tid: 0 }
const size = Number.MAX_SAFE_INTEGER

/** Of the threads of a process, as many are looked at. */
const threadBound = 2

/** Of the regions of a process, the memory of as many is read. */
const regionBound = 8

/** Where there may be memory: the first regions, and where none is. */
const placesIn = (process: Process): bigint[] => {
  const places: bigint[] = [0n, 2n ** 64n - 1n]
  for (const { start, end } of process.regions()) {
    places.push(BigInt(start), BigInt(end) - 1n)
    if (places.length > 2 * regionBound) break
  }
  return places
}

/**
 * Reads every file and link of a tree, of each process the first threads' and
 * its own; how many could be read. An Errno is an answer; all else is thrown.
 * Texts are shown to `look`, with the names of their documents.
 */
export const readEvery = (
  system: System,
  look: (document: DocumentName, text: string) => void,
): number => {
  const view = { dialect: 'linux', paths: 'mixed' } as const
  const filesystem = new Filesystem(system, {
    render: job => render(system, view, job),
    cancel: () => false,
  })
  let count = 0
  const visit = (node: Node, parent: Node): void => {
    const { kind } = node.row
    told(() => filesystem.getattr(node))
    if (kind === 'link') {
      if (told(() => filesystem.readlink(node, caller)) !== undefined) count++
      return
    }
    if (kind === 'text') {
      const read = () =>
        filesystem
          .open(node, Want.read, caller)
          .read({ id: 0n, offset: 0n, size })
      const bytes = told(read)
      if (bytes === undefined) return
      count++
      look(node.row.document, Buffer.from(bytes).toString())
      return
    }
    if (kind === 'window') {
      const file = told(() => filesystem.open(node, Want.read, caller))
      const process = system.process(node.pid, node.start)
      for (const offset of told(() => placesIn(process)) ?? []) {
        const read = () => file?.read({ id: 0n, offset, size: 5000 })
        if (told(read) !== undefined) count++
      }
      process.close()
      return
    }
    const entries = told(() => list(system, node, parent)) ?? []
    let threads = 0
    for (const { name, node: below } of entries.slice(2)) {
      if (/^\d/.test(name) && parent.pid !== 0 && ++threads > threadBound)
        continue
      const found = below ?? told(() => filesystem.lookup(node, name, caller))
      if (found !== undefined) visit(found, node)
    }
  }
  visit(root, root)
  return count
}
