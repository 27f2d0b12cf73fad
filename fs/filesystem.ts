import type { Caller, Process, System } from '../provider/contract.ts'
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
import { asDirectory, find, taskOf, withProcess } from './lookup.ts'
import type { Node, Text, Window } from './node.ts'
import { list, OpenDirectory } from './opendir.ts'
import { OpenFile, type Renderer } from './openfile.ts'
import { OpenWindow } from './openwindow.ts'
import { permitRight, type Job } from './render.ts'

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
    this.#permitRight(parent, caller)
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
    const { row, pid } = node
    if (row.kind !== 'link') throw new Errno('EINVAL')
    const { system } = this
    const { tid: reader, pid: process } = caller
    const { fd } = node
    const source = { system, task: undefined, fd, tid: reader, pid: process }
    const target = !pid
      ? row.target(source)
      : withProcess(system, node, process => {
          permitRight(process, caller, row.right)
          const target = row.target({ ...source, task: taskOf(process, node) })
          permitRight(process, caller, row.right)
          return target
        })
    // what is named by nothing is nowhere, and no link is empty (symlink(2))
    if (!target) throw new Errno('ENOENT')
    return printPath(target, paths)
  }

  /** EISDIR, ELOOP for what has no content; EACCES, ESRCH. */
  open(node: Node, wanted: number, caller: Caller): OpenFile | OpenWindow {
    const { row } = node
    if (row.kind === 'directory') throw new Errno('EISDIR')
    if (row.kind === 'link') throw new Errno('ELOOP')
    this.#permit(node, caller, wanted)
    if (row.kind === 'window') {
      this.#permitRight(node, caller, process =>
        row.open(taskOf(process, node)),
      )
      return new OpenWindow({ node, caller } as Job<Window>, this.#renderer)
    }
    this.#permitRight(node, caller)
    return new OpenFile({ node, caller } as Job<Text>, this.#renderer)
  }

  /**
   * `parent` is what `..` stands for. ENOTDIR, EACCES. The right is asked again
   * whenever the names are listed, as that of a text is.
   */
  opendir(node: Node, parent: Node, caller: Caller): OpenDirectory {
    asDirectory(node)
    this.#permit(node, caller, Want.read)
    this.#permitRight(node, caller)
    return new OpenDirectory(node, () => {
      const entries = list(this.system, node, parent)
      this.#permitRight(node, caller)
      return entries
    })
  }

  /** Takes back a read that waits; see Renderer. */
  cancel(id: bigint): boolean {
    return this.#renderer.cancel(id)
  }

  /** Asks what the row asks, and then does `also` with the process. */
  #permitRight(
    node: Node,
    caller: Caller,
    also?: (process: Process) => void,
  ): void {
    const { pid, row } = node
    if (!pid || row.right === 'none') return
    withProcess(this.system, node, process => {
      permitRight(process, caller, row.right)
      also?.(process)
    })
  }

  #permit(node: Node, caller: Caller, wanted: number): void {
    // no row gives others what it denies the owner: no need to know the owner
    if ((node.row.mode & wanted) === wanted) return
    const { uid, gid } = ownerOf(this.system, node)
    const mode = format[node.row.kind] | node.row.mode
    permitMode({ mode, uid, gid }, caller, wanted)
  }
}
