import type { Caller, System } from '../provider/contract.ts'
import { Errno } from '../provider/errno.ts'
import { printPath, type PathStyle } from '../provider/space/paths.ts'
import {
  attrFrom,
  attrOf,
  format,
  ownerOf,
  permitMode,
  Want,
  type Attr,
} from './attr.ts'
import { asDirectory, find, withProcess } from './lookup.ts'
import type { Node, Text } from './node.ts'
import { list, OpenDirectory } from './opendir.ts'
import { OpenFile, type Renderer } from './openfile.ts'
import { permitRight } from './render.ts'

/** What a name stands for. */
export interface Found {
  readonly node: Node
  readonly attr: Attr
}

/**
 * The operations that a host may call, with POSIX meaning; a failure is an
 * Errno. All answer at once but a read, which may be answered later
 * (OpenFile).
 */
export class Filesystem {
  readonly system: System
  readonly #renderer: Renderer
  readonly #paths: PathStyle

  /** `paths` is how links tell where on Windows they lead; as it is, if not. */
  constructor(
    system: System,
    renderer: Renderer,
    paths: PathStyle = 'windows',
  ) {
    this.system = system
    this.#renderer = renderer
    this.#paths = paths
  }

  /** ENOENT, ENOTDIR; EACCES if the caller may not search the directory. */
  lookup(parent: Node, name: string, caller: Caller): Node {
    return this.entry(parent, name, caller).node
  }

  /** As `lookup`, with the attributes, for one look at the process. */
  entry(parent: Node, name: string, caller: Caller): Found {
    this.#permit(parent, caller, Want.execute)
    return find(this.system, parent, name, (node, process) => ({
      node,
      attr: attrFrom(node, process),
    }))
  }

  getattr(node: Node): Attr {
    return attrOf(this.system, node)
  }

  /** As access(2): `wanted` is a sum of Want; 0 asks for existence. */
  access(node: Node, wanted: number, caller: Caller): void {
    permitMode(this.getattr(node), caller, wanted)
  }

  /**
   * `paths`: as a host must have it. EINVAL if it is no link, ENOENT if it leads
   * nowhere for this caller.
   */
  readlink(node: Node, caller: Caller, paths = this.#paths): string {
    const { row, pid, tid } = node
    if (row.kind !== 'link') throw new Errno('EINVAL')
    const { system } = this
    const { tid: reader, pid: process } = caller
    const source = { system, task: undefined, tid: reader, pid: process }
    const target = !pid
      ? row.target(source)
      : withProcess(system, node, process => {
          permitRight(process, caller, row.right)
          const task = tid ? process.thread(tid) : process
          const target = row.target({ ...source, task })
          permitRight(process, caller, row.right)
          return target
        })
    if (target === undefined) throw new Errno('ENOENT')
    return printPath(target, paths)
  }

  /** EISDIR, ELOOP for what is not text; EACCES, ESRCH. */
  open(node: Node, wanted: number, caller: Caller): OpenFile {
    const { row } = node
    if (row.kind === 'directory') throw new Errno('EISDIR')
    if (row.kind === 'link') throw new Errno('ELOOP')
    this.#permit(node, caller, wanted)
    if (node.pid && row.right !== 'none') {
      withProcess(this.system, node, process =>
        permitRight(process, caller, row.right),
      )
    }
    const job = { node: node as Node & { row: Text }, caller }
    return new OpenFile(job, this.#renderer)
  }

  /** `parent` is what `..` stands for. ENOTDIR, EACCES. */
  opendir(node: Node, parent: Node, caller: Caller): OpenDirectory {
    asDirectory(node)
    this.#permit(node, caller, Want.read)
    return new OpenDirectory(node, () => list(this.system, node, parent))
  }

  /** Takes back a read that waits; see Renderer. */
  cancel(id: bigint): boolean {
    return this.#renderer.cancel(id)
  }

  #permit(node: Node, caller: Caller, wanted: number): void {
    // no row gives others what it denies the owner: no need to know the owner
    if ((node.row.mode & wanted) === wanted) return
    const { uid, gid } = ownerOf(this.system, node)
    const mode = format[node.row.kind] | node.row.mode
    permitMode({ mode, uid, gid }, caller, wanted)
  }
}
