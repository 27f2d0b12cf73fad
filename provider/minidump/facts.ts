import type { Region } from '../contract.ts'
import type { Dump } from './directory.ts'
import { identityOf, type Identity } from './identity.ts'
import { Memory } from './memory.ts'
import { modulesOf, namer, type Module } from './modules.ts'
import { rangesOf } from './ranges.ts'
import { regionsOf } from './regions.ts'
import { malformed } from './source.ts'
import { threadsOf, type DumpedThread } from './threads.ts'

/** Made at the first call; after a throw the next one tries again. */
const once = <T extends object>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => (made ??= make())
}

/**
 * What a dump tells. Each stream is read when it is first asked for, and what
 * is wrong with it is told then. Lists of modules, threads and ranges are
 * kept; regions and bytes never are.
 */
export class Facts {
  readonly identity: Identity
  /** In the order of the dump; EIO where none were recorded. */
  readonly threads: () => readonly DumpedThread[]
  /** Ascending; EIO where none were recorded. */
  readonly tids: () => readonly number[]
  /** In the order of the dump; EIO where none were recorded. */
  readonly modules: () => readonly Module[]
  private readonly memory: () => Memory
  private readonly nameOf: () => (address: number) => string
  private readonly dump: Dump

  /** Throws what {@link identityOf} does. */
  constructor(dump: Dump) {
    this.dump = dump
    this.identity = identityOf(dump)
    this.threads = once(() => threadsOf(dump))
    this.tids = once(() =>
      this.threads()
        .map(({ tid }) => tid)
        .sort((a, b) => a - b),
    )
    this.modules = once(() => modulesOf(dump))
    this.memory = once(() => new Memory(dump.source, rangesOf(dump)))
    this.nameOf = once(() => namer(this.hasModules ? this.modules() : []))
  }

  get hasThreads(): boolean {
    return this.dump.places.has('ThreadList')
  }

  get hasModules(): boolean {
    return this.dump.places.has('ModuleList')
  }

  /**
   * The path of the first module, which is the program's in what dbghelp,
   * Breakpad and Crashpad write; EIO where it has none.
   */
  program(): string {
    const name = this.modules()[0]?.name ?? ''
    if (name !== '') return name
    throw malformed(this.dump.source, 'ModuleList: its first has no name')
  }

  /** Named where modules were recorded. */
  regions(): Iterable<Region> {
    return regionsOf(this.dump, this.nameOf())
  }

  read(address: number, length: number): Uint8Array {
    return this.memory().read(address, length)
  }
}
