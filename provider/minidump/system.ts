import type {
  KernelStat,
  Owner,
  Process,
  ProviderOptions,
  System,
} from '../contract.ts'
import { Errno } from '../errno.ts'
import type { Facts } from './facts.ts'
import { bootOf, kernelStatOf } from './kernelstat.ts'
import { DumpProcess } from './process.ts'

/** Pids end before it. */
const pidEnd = 2 ** 32

/**
 * Who was dumped, by pid. Where several have the same (a process that was
 * dumped again), the first keeps it, and each of the others gets the next
 * higher number that none has: Windows' own are multiples of four.
 */
const numbered = (dumps: readonly Facts[]): ReadonlyMap<number, Facts> => {
  const byPid = new Map<number, Facts>()
  const others: Facts[] = []
  for (const facts of dumps) {
    const { pid } = facts.identity
    if (byPid.has(pid)) others.push(facts)
    else byPid.set(pid, facts)
  }
  for (const facts of others) {
    let { pid } = facts.identity
    while (byPid.has(pid)) pid = (pid + 1) % pidEnd || 1
    byPid.set(pid, facts)
  }
  return byPid
}

export interface DumpOptions extends ProviderOptions {
  /** What else there is to be told, see `notes`. */
  readonly complaints?: readonly string[]
}

/** Dumped processes: of one dump, or of a folder of them. */
export class DumpSystem implements System {
  readonly close: () => void
  private readonly byPid: ReadonlyMap<number, Facts>
  /** Seconds since 1970, see {@link bootOf}. */
  private readonly boot: bigint
  private readonly opener: Owner
  private readonly spans: boolean
  private readonly complaints: readonly string[]

  constructor(
    dumps: readonly Facts[],
    opener: Owner,
    close: () => void,
    { spans, complaints = [] }: DumpOptions = { spans: false },
  ) {
    this.byPid = numbered(dumps)
    this.boot = bootOf(dumps)
    this.opener = opener
    this.spans = spans
    this.close = close
    this.complaints = complaints
  }

  pids(): number[] {
    return [...this.byPid.keys()].sort((a, b) => a - b)
  }

  process(pid: number, start?: bigint): Process {
    const facts = this.byPid.get(pid)
    const { start: began } = facts?.identity ?? {}
    if (facts === undefined || (start ?? began) !== began)
      throw new Errno('ESRCH')
    return new DumpProcess(facts, pid, this.opener, {
      boot: this.boot,
      spans: this.spans,
    })
  }

  /** That of the lowest pid, where several dumps have such a thread. */
  leader(tid: number): number | undefined {
    return this.pids().find(pid => {
      const facts = this.byPid.get(pid) as Facts
      return facts.hasThreads && facts.hasThread(tid)
    })
  }

  /** The one process; of several none. */
  self(): number | undefined {
    const [pid] = this.byPid.keys()
    return this.byPid.size === 1 ? pid : undefined
  }

  *notes(): Generator<string, void, undefined> {
    yield* this.complaints
    for (const [pid, { name, identity, hasRegions }] of this.byPid) {
      if (pid !== identity.pid)
        yield `${name}: of process ${identity.pid} as another, here ${pid}`
      if (!hasRegions)
        yield `${name}: no MemoryInfoList: maps is put together from modules, stacks and memory, and lacks all else (${pid})`
    }
  }

  stat(): KernelStat {
    return kernelStatOf([...this.byPid.values()], this.boot)
  }

  /** Of Windows itself, if all dumps are of the same one. */
  version(): string {
    const versions = [...this.byPid.values()].map(versionOf)
    const [first = ''] = versions
    return versions.every(version => version === first) ? first : 'various'
  }
}

const versionOf = ({ identity, misc }: Facts): string => {
  const { system, major, minor, build, servicePack, architecture } = identity
  const line = (text: string): string => text.split('\n', 1)[0] as string
  const exact = line(misc().build ?? '')
  return [
    `${system === 'Windows' ? 'Windows_NT' : system} version ${major}.${minor}.${build}`,
    line(servicePack ?? ''),
    architecture,
    exact && `(${exact})`,
  ]
    .filter(Boolean)
    .join(' ')
}
