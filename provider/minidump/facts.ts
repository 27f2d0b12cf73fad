import type { Crash, Region, Span } from '../contract.ts'
import { parametersOf, type Parameters } from '../nt/parameters.ts'
import { facesOf } from '../space/faces.ts'
import {
  annotationsOf,
  assertionOf,
  breakpadOf,
  type Assertion,
} from './annotations.ts'
import { builtOf, type Extent } from './built.ts'
import type { Dump } from './directory.ts'
import { exceptionOf } from './exception.ts'
import { handleCountOf, handlesOf, type Handles } from './handles.ts'
import { identityOf, type Identity } from './identity.ts'
import { Memory } from './memory.ts'
import { countersOf, miscOf, type Counters, type Misc } from './misc.ts'
import { sizesOf, type Sizes } from './sizes.ts'
import { modulesOf, namer, type Module } from './modules.ts'
import { ownSpansOf } from './ownspans.ts'
import { rangesOf } from './ranges.ts'
import { regionsOf } from './regions.ts'
import { malformed } from './source.ts'
import { stacksOf } from './stacks.ts'
import { threadInfosOf, threadNamesOf, type ThreadInfo } from './threadinfo.ts'
import { threadsOf, type DumpedThread } from './threads.ts'
import { tokenOf, type Token } from './token.ts'
import { unloadedOf } from './unloaded.ts'

/** Made at the first call; after a throw the next one tries again. */
const once = <T>(make: () => T): (() => T) => {
  let made: readonly [T] | undefined
  return () => (made ??= [make()])[0]
}

const textOf = ({ type, expression, function: of, file, line }: Assertion) =>
  `${type} ${expression} in ${of}, ${file}:${line}`.trim()

/**
 * What a dump tells. Each stream is read when it is first asked for, and what
 * is wrong with it is told then. Lists of modules, threads and ranges are
 * kept; regions and bytes never are.
 */
export class Facts {
  readonly name: string
  readonly identity: Identity
  /** In the order of the dump; EIO where none were recorded. */
  readonly threads: () => readonly DumpedThread[]
  /** Ascending; EIO where none were recorded. */
  readonly tids: () => readonly number[]
  readonly threadInfos: () => ReadonlyMap<number, ThreadInfo>
  readonly threadNames: () => ReadonlyMap<number, string>
  /** In the order of the dump; EIO where none were recorded. */
  readonly modules: () => readonly Module[]
  readonly misc: () => Misc
  readonly counters: () => Counters | undefined
  readonly token: () => Token | undefined
  readonly handleCount: () => number | undefined
  /** EIO where none were recorded. */
  readonly handles: () => Handles
  /** EIO where none was recorded. */
  readonly crash: () => Crash
  /** Of a dump that we made; of others none. */
  readonly ownSpans: () => readonly Span[]
  readonly sizes: () => Sizes
  private readonly known: () => ReadonlySet<number>
  private readonly parameters: () => readonly Parameters[]
  private readonly memory: () => Memory
  private readonly nameOf: () => (address: number) => string
  private readonly stacks: () => readonly Extent[]
  private readonly dump: Dump

  /** Throws what {@link identityOf} does. */
  constructor(dump: Dump) {
    this.dump = dump
    this.name = dump.source.name
    this.identity = identityOf(dump)
    this.threads = once(() => threadsOf(dump))
    this.tids = once(() =>
      this.threads()
        .map(({ tid }) => tid)
        .toSorted((a, b) => a - b),
    )
    this.known = once(() => new Set(this.tids()))
    this.threadInfos = once(() => threadInfosOf(dump))
    this.threadNames = once(() => threadNamesOf(dump))
    this.modules = once(() => modulesOf(dump))
    this.misc = once(() => miscOf(dump))
    this.counters = once(() => countersOf(dump))
    this.token = once(() => tokenOf(dump, this.identity.pid))
    this.handleCount = once(() => handleCountOf(dump))
    this.handles = once(() => handlesOf(dump))
    this.sizes = once(() => sizesOf(this.regions()))
    this.crash = once(() => this.crashOf())
    this.ownSpans = once(() => ownSpansOf(dump))
    this.parameters = once(() => this.parametersThere())
    this.memory = once(() => new Memory(dump.source, rangesOf(dump)))
    this.nameOf = once(() => namer(this.hasModules ? this.modules() : []))
    this.stacks = once(() =>
      this.hasThreads
        ? stacksOf(this.threads(), this.identity.width, (at, length) =>
            this.read(at, length),
          )
        : [],
    )
  }

  /** EIO where no threads were recorded. */
  hasThread(tid: number): boolean {
    return this.known().has(tid)
  }

  get hasThreads(): boolean {
    return this.dump.places.has('ThreadList')
  }

  get hasModules(): boolean {
    return this.dump.places.has('ModuleList')
  }

  get hasCrash(): boolean {
    return this.dump.places.has('Exception')
  }

  /** Whether regions were recorded; else they are put together. */
  get hasRegions(): boolean {
    return this.dump.places.has('MemoryInfoList')
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

  /** The drive of ntdll.dll, which is the system's; EIO where it is not known. */
  root(): string {
    for (const { name } of this.modules()) {
      const drive = /^([a-z]:\\).*\\ntdll\.dll$/i.exec(name)?.[1]
      if (drive !== undefined) return drive
    }
    throw malformed(this.dump.source, 'ModuleList: no ntdll.dll on a drive')
  }

  /**
   * Named where modules were recorded. EIO for a dump that has nothing to put
   * them together from, either.
   */
  regions(): Iterable<Region> {
    const { places } = this.dump
    const parts = ['ModuleList', 'Memory64List', 'MemoryList'] as const
    if (this.hasRegions || !parts.some(part => places.has(part)))
      return regionsOf(this.dump, this.nameOf())
    return builtOf(
      this.hasModules ? this.modules() : [],
      this.stacks(),
      this.memory().extents(),
    )
  }

  read(address: number, length: number): Uint8Array {
    return this.memory().read(address, length)
  }

  /** Why there is nothing at an address, and what would have recorded it. */
  unread(address: bigint): string {
    const { places } = this.dump
    const at = `${this.name}: nothing is recorded at 0x${address.toString(16)}`
    const none = (['Memory64List', 'MemoryList'] as const).every(
      list => !places.has(list),
    )
    return none
      ? `${at}: no Memory64List stream (9), which MiniDumpWithFullMemory would have recorded`
      : `${at}; MiniDumpWithFullMemory would have recorded what was there`
  }

  held(start: number, end: number): number {
    return this.memory().held(start, end)
  }

  /**
   * What the process was started with. EIO, with what would have recorded it,
   * where the dump does not hold that memory: it is reached from a TEB.
   */
  started(fact: keyof Parameters): string {
    for (const parameters of this.parameters()) {
      const told = parameters[fact]()
      if (told !== undefined) return told
    }
    throw malformed(
      this.dump.source,
      `it does not hold the memory of ${fact}, which MiniDumpWithProcessThreadData would have recorded`,
    )
  }

  /** Of a WoW64 process first its own, then those of the 64-bit loader. */
  private parametersThere(): Parameters[] {
    const read = (at: number, length: number): Uint8Array =>
      this.read(at, length)
    const tebs = this.hasThreads ? this.threads().map(({ teb }) => teb) : []
    return facesOf(read, tebs, this.identity.width)
      .toReversed()
      .flatMap(({ width, peb }) => parametersOf(read, width, peb) ?? [])
  }

  private crashOf(): Crash {
    const { dump } = this
    const exception = exceptionOf(dump)
    const assertion = assertionOf(dump)
    const unloaded = unloadedOf(dump).find(
      ({ base, end }) => exception.address >= base && exception.address < end,
    )
    const { requester, dumper } = breakpadOf(dump)
    const notes: (readonly [string, string | undefined])[] = [
      ['Unloaded', unloaded?.name],
      ['Assertion', assertion && textOf(assertion)],
      ['RequestingThread', requester?.toString()],
      ['DumpThread', dumper?.toString()],
      ...annotationsOf(dump).map(
        ([key, value]) => [`Annotation_${key}`, value] as const,
      ),
    ]
    return {
      ...exception,
      notes: notes.flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value] as const],
      ),
    }
  }
}
