/** The streams of a dump that we write, but its memory. */
import type { Region, Span } from '../contract.ts'
import { Errno } from '../errno.ts'
import { encode } from '../text.ts'
import type { Layout, View } from '../nt/layout.ts'
import {
  architectures,
  MINIDUMP_LIST,
  MINIDUMP_MEMORY_INFO,
  MINIDUMP_MEMORY_INFO_LIST,
  MINIDUMP_MODULE,
  MINIDUMP_SYSTEM_INFO,
  MINIDUMP_THREAD,
  platforms,
  VER_PLATFORM_WIN32_NT,
  type StreamName,
} from '../nt/minidump.ts'
import {
  MINIDUMP_MISC1_PROCESS_ID,
  MINIDUMP_MISC_INFO,
} from '../nt/minidumpprocess.ts'
import { MINIDUMP_THREAD_NAME } from '../nt/minidumpthread.ts'
import { protectOf, stateOf, typeOf } from '../nt/protect.ts'
import { spanBound } from '../space/spans.ts'
import { OwnList, OwnRegion, OwnSpan } from './own.ts'

/** Where the process ran. */
export interface Machine {
  /** `x64`, as SystemInfo names it. */
  readonly architecture: string
  /** `Windows`, or a name of PlatformId. */
  readonly system: string
  readonly major: number
  readonly minor: number
  readonly build: number
  readonly processors: number
}

/** What a dump is made from. */
export interface Source {
  readonly pid: number
  /** Path of the program; '' if unknown. */
  readonly program: string
  /** The name of one that has none is ''. */
  readonly threads: readonly { readonly tid: number; readonly name: string }[]
  readonly regions: readonly Region[]
  readonly spans: readonly Span[]
  readonly machine: Machine
}

/** Places bytes in the file, and tells where. */
type Put = (bytes: Uint8Array) => number

/** A stream, made when all that it points to can be placed before it. */
export type Errand = readonly [StreamName, (put: Put) => Uint8Array]

/** One structure. */
const one = <F>(of: Layout<F>, fill: (view: View<F>) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(of.size))
  fill(of.view(view))
  return new Uint8Array(view.buffer)
}

/** A head, and after it an entry for each of `items`. */
const listed = <H, F, T>(
  head: Layout<H>,
  fillHead: (view: View<H>) => void,
  of: Layout<F>,
  items: readonly T[],
  fill: (view: View<F>, item: T) => void,
): Uint8Array => {
  const size = head.size + of.size * items.length
  const view = new DataView(new ArrayBuffer(size))
  fillHead(head.view(view))
  const entry = of.view(view, head.size)
  for (const item of items) {
    fill(entry, item)
    entry.at += of.size
  }
  return new Uint8Array(view.buffer)
}

/** Places each text but once, by a number of bytes before it. */
const texts = (
  put: Put,
  bytesOf: (text: string) => Uint8Array,
): ((text: string) => number) => {
  const known = new Map<string, number>()
  return text => {
    const bytes = bytesOf(text)
    const whole = new Uint8Array(4 + bytes.length + 2)
    new DataView(whole.buffer).setUint32(0, bytes.length, true)
    whole.set(bytes, 4)
    const at = known.get(text) ?? put(whole)
    known.set(text, at)
    return at
  }
}

/** UTF-16, as much as a MINIDUMP_STRING holds. */
const utf16 = (text: string): Uint8Array => {
  const units = Math.min(text.length, 0x7fff)
  const view = new DataView(new ArrayBuffer(units * 2))
  for (let at = 0; at < units; at++)
    view.setUint16(at * 2, text.charCodeAt(at), true)
  return new Uint8Array(view.buffer)
}

const codeIn = (
  names: Readonly<Record<number, string>>,
  name: string,
): number | undefined => {
  const found = Object.entries(names).find(([, each]) => each === name)
  return found && Number(found[0])
}

/** Bytes with CPU_INFORMATION at the end, which is left as zeros. */
const systemInfoSize = 56

const systemInfo = ({ machine }: Source, put: Put): Uint8Array => {
  const { architecture, system, major, minor, build, processors } = machine
  const code = codeIn(architectures, architecture)
  const platform =
    system === 'Windows' ? VER_PLATFORM_WIN32_NT : codeIn(platforms, system)
  if (code === undefined || platform === undefined)
    throw new Errno('EINVAL', `no minidump of ${system} on ${architecture}`)
  const info = one(MINIDUMP_SYSTEM_INFO, info => {
    info.ProcessorArchitecture = code
    info.NumberOfProcessors = Math.min(processors, 0xff)
    info.MajorVersion = major
    info.MinorVersion = minor
    info.BuildNumber = build
    info.PlatformId = platform
    // LLVM reads it, also where it is 0
    info.CSDVersionRva = texts(put, utf16)('')
  })
  const whole = new Uint8Array(systemInfoSize)
  whole.set(info)
  return whole
}

const miscInfo = ({ pid }: Source): Uint8Array =>
  one(MINIDUMP_MISC_INFO, info => {
    info.SizeOfInfo = MINIDUMP_MISC_INFO.size
    info.Flags1 = MINIDUMP_MISC1_PROCESS_ID
    info.ProcessId = pid
  })

/** TEBs are known where spans are; the stacks are in Memory64List. */
const threadList = ({ threads, spans }: Source): Uint8Array => {
  const tebs = new Map(
    spans.flatMap(({ kind, id, start }) =>
      kind === 'teb' && id !== undefined ? [[id, start] as const] : [],
    ),
  )
  return listed(
    MINIDUMP_LIST,
    head => (head.NumberOfEntries = threads.length),
    MINIDUMP_THREAD,
    threads,
    (thread, { tid }) => {
      thread.ThreadId = tid
      thread.Teb = tebs.get(tid) ?? 0
    },
  )
}

const threadNames =
  ({ threads }: Source) =>
  (put: Put): Uint8Array => {
    const place = texts(put, utf16)
    const named = threads.filter(({ name }) => name !== '')
    return listed(
      MINIDUMP_LIST,
      head => (head.NumberOfEntries = named.length),
      MINIDUMP_THREAD_NAME,
      named,
      (entry, { tid, name }) => {
        entry.ThreadId = tid
        entry.RvaOfThreadName = place(name)
      },
    )
  }

interface Module {
  readonly name: string
  base: number
  end: number
}

/**
 * Files of which something is an image or can be executed, from their first
 * page to their last; the program first. Two mappings of one file far apart are
 * so one module that seems to cover what is between them.
 */
const modulesIn = ({ program, regions }: Source): Module[] => {
  const modules = new Map<string, Module>()
  const loaded = new Set<string>()
  for (const { start, end, type, access, name = '' } of regions) {
    if (!/^(?:[\\/]|[a-z]:)/i.test(name)) continue
    const known = modules.get(name) ?? { name, base: start, end }
    known.end = end
    modules.set(name, known)
    if (type === 'image' || access & 4) loaded.add(name)
  }
  return [...modules.values()]
    .filter(({ name }) => loaded.has(name))
    .toSorted((a, b) => Number(b.name === program) - Number(a.name === program))
}

const moduleList =
  (source: Source) =>
  (put: Put): Uint8Array => {
    const place = texts(put, utf16)
    const modules = modulesIn(source)
    return listed(
      MINIDUMP_LIST,
      head => (head.NumberOfEntries = modules.length),
      MINIDUMP_MODULE,
      modules,
      (module, { base, end, name }) => {
        module.BaseOfImage = base
        module.SizeOfImage = Math.min(end - base, 0xffff_f000)
        module.ModuleNameRva = place(name)
      },
    )
  }

const fillHead =
  (entry: Layout<unknown>, count: number, size: number) =>
  (head: {
    SizeOfHeader: number
    SizeOfEntry: number
    NumberOfEntries: number
  }): void => {
    head.SizeOfHeader = size
    head.SizeOfEntry = entry.size
    head.NumberOfEntries = count
  }

const memoryInfoList = ({ regions }: Source): Uint8Array =>
  listed(
    MINIDUMP_MEMORY_INFO_LIST,
    fillHead(MINIDUMP_MEMORY_INFO, regions.length, 16),
    MINIDUMP_MEMORY_INFO,
    regions,
    (info, { start, end, base, state, type, access }) => {
      info.BaseAddress = start
      info.RegionSize = end - start
      info.State = stateOf(state)
      if (state === 'free') return
      info.AllocationBase = base
      info.Type = typeOf(type)
      info.Protect = state === 'commit' ? protectOf(access) : 0
    },
  )

const ownRegions =
  ({ regions }: Source) =>
  (put: Put): Uint8Array => {
    const place = texts(put, encode)
    return listed(
      OwnList,
      fillHead(OwnRegion, regions.length, OwnList.size),
      OwnRegion,
      regions,
      (own, { offset, major, minor, inode, access, name = '' }) => {
        own.Access = access
        own.Has = (offset === undefined ? 0 : 1) | (inode === undefined ? 0 : 2)
        own.Offset = offset ?? 0
        own.Major = major ?? 0
        own.Minor = minor ?? 0
        own.Inode = BigInt(inode ?? 0)
        own.NameRva = name === '' ? 0 : place(name)
      },
    )
  }

const ownSpans =
  (source: Source) =>
  (put: Put): Uint8Array => {
    const place = texts(put, encode)
    // as many as are ever looked at
    const spans = source.spans.slice(0, spanBound)
    return listed(
      OwnList,
      fillHead(OwnSpan, spans.length, OwnList.size),
      OwnSpan,
      spans,
      (own, { start, end, kind, id, words = [] }) => {
        own.Start = start
        own.End = end
        own.Id = id ?? 0
        own.HasId = id === undefined ? 0 : 1
        own.KindRva = place(kind)
        own.WordsRva = words.length === 0 ? 0 : place(words.join(' '))
      },
    )
  }

/** All of them, in the order in which they are asked for. */
export const errands = (source: Source): Errand[] => [
  ['SystemInfo', put => systemInfo(source, put)],
  ['MiscInfo', () => miscInfo(source)],
  ['ThreadList', () => threadList(source)],
  ['ThreadNames', threadNames(source)],
  ['ModuleList', moduleList(source)],
  ['MemoryInfoList', () => memoryInfoList(source)],
  ['OwnRegions', ownRegions(source)],
  ...(source.spans.length > 0
    ? ([['OwnSpans', ownSpans(source)]] as const)
    : []),
]
