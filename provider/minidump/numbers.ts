/** The numbers and words of stat, statm and status, of a dump. */
import type { Stat, Statm, Status } from '../contract.ts'
import { epoch, perTick } from '../nt/query.ts'
import { idOfSid, spellSid } from '../nt/sid.ts'
import type { Facts } from './facts.ts'
import type { Misc } from './misc.ts'

const page = 4096

/** A thread and its process, as they are shown; or that process as both. */
export interface Ids {
  readonly tid: number
  readonly pid: number
}

/** Ticks from `boot` to a start; 0 of one that is not told, or was before. */
const startTicks = (
  { identity, threadInfos }: Facts,
  { tid, pid }: Ids,
  boot: bigint,
): number => {
  const created = tid === pid ? undefined : threadInfos().get(tid)?.created
  const ticks = created
    ? created / BigInt(perTick) - (BigInt(epoch) + boot) * 100n
    : identity.start && (identity.start - boot) * 100n
  return Math.max(0, Number(ticks))
}

/**
 * All stand still, so the state is T, but that of a thread which had ended, Z.
 * Time since boot is not recorded: starttime counts from what btime
 * (minidump/kernelstat.ts) tells instead, in whole seconds but for threads. Nor
 * is the parent. Where the dump has no counters nothing is resident; where it
 * has no list of regions, the size is of those it has.
 */
export const statOf = (
  facts: Facts,
  { tid, pid }: Ids,
  comm: string,
  boot: bigint,
): Stat => {
  const { user = 0, kernel = 0 } = facts.misc()
  const info = facts.threadInfos().get(tid)
  const counters = facts.counters()
  const program = facts.hasModules ? facts.modules()[0] : undefined
  const [utime, stime] =
    tid === pid
      ? [user * 100, kernel * 100]
      : [
          Math.floor((info?.user ?? 0) / perTick),
          Math.floor((info?.kernel ?? 0) / perTick),
        ]
  return {
    pid: tid,
    comm,
    state: tid !== pid && info?.exited ? 'Z' : 'T',
    minflt: counters?.faults ?? 0,
    utime,
    stime,
    num_threads: facts.hasThreads ? facts.tids().length : 0,
    starttime: startTicks(facts, { tid, pid }, boot),
    vsize: facts.sizes().whole,
    rss: Math.floor((counters?.resident ?? 0) / page),
    startcode: program?.base ?? 0,
    endcode: program?.end ?? 0,
  }
}

export const statmOf = (facts: Facts): Statm => {
  const { whole, text, data } = facts.sizes()
  const { resident = 0 } = facts.counters() ?? {}
  return {
    size: whole / page,
    resident: Math.floor(resident / page),
    shared: 0,
    text: text / page,
    data: data / page,
  }
}

const kilobytes = (bytes: number): string => `${Math.floor(bytes / 1024)}`

/** SECURITY_MANDATORY_*_RID, from there on (winnt.h). */
const integrities: readonly (readonly [number, string])[] = [
  [0x5000, 'protected'],
  [0x4000, 'system'],
  [0x3000, 'high'],
  [0x2100, 'medium plus'],
  [0x2000, 'medium'],
  [0x1000, 'low'],
  [0x0000, 'untrusted'],
]

const integrityOf = (level: number): string =>
  (integrities.find(([from]) => level >= from) as readonly [number, string])[1]

/** `UTC-07:00 (Pacific Daylight Time)` */
const zoneOf = ({ bias, name }: NonNullable<Misc['zone']>): string => {
  const minutes = Math.abs(bias)
  const two = (number: number): string => `${number}`.padStart(2, '0')
  const offset = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  return `UTC${bias > 0 ? '-' : '+'}${offset} (${name})`
}

/** Four times the same: Windows has no more than one user. */
const four = (id: number): string => [id, id, id, id].join('\t')

/** One that has none is not told. */
type Line = readonly [key: string, value: string | undefined]

const linesOf = (facts: Facts, { tid, pid }: Ids, comm: string): Line[] => {
  const { misc, counters, token } = {
    misc: facts.misc(),
    counters: facts.counters(),
    token: facts.token(),
  }
  const { integrity, isProtected, zone } = misc
  return [
    ['Name', comm],
    ['State', 'T (stopped)'],
    ['Tgid', `${pid}`],
    ['Pid', `${tid}`],
    ['Uid', token?.user && four(idOfSid(token.user))],
    ['Gid', token?.group && four(idOfSid(token.group))],
    ['FDSize', facts.handleCount()?.toString()],
    ['VmSize', kilobytes(facts.sizes().whole)],
    ['VmHWM', counters && kilobytes(counters.peakResident)],
    ['VmRSS', counters && kilobytes(counters.resident)],
    ['Threads', facts.hasThreads ? `${facts.tids().length}` : undefined],
    ['Owner', token?.user && spellSid(token.user)],
    ['Session', token?.session?.toString()],
    ['Integrity', integrity === undefined ? undefined : integrityOf(integrity)],
    ['Protected', isProtected === undefined ? undefined : `${+isProtected}`],
    ['TimeZone', zone && zoneOf(zone)],
    ['DumpedBy', misc.writer],
    ['DumpedRegions', facts.hasRegions ? 'recorded' : 'put together'],
  ]
}

/**
 * The kernel's lines as far as the dump tells them, and after them what only
 * Windows has. `DumpedRegions` tells whether maps was recorded or is put
 * together (minidump/built.ts). Texts are the dump's own: of more lines, the
 * first.
 */
export const statusOf = (facts: Facts, ids: Ids, comm: string): Status =>
  Object.fromEntries(
    linesOf(facts, ids, comm).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [[key, key === 'Name' ? value : value.split('\n', 1)[0]]],
    ),
  ) as Status
