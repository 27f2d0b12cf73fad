import type { Region, Right } from '../contract.ts'
import { Errno } from '../errno.ts'
import { parametersOf, type Parameters } from '../nt/parameters.ts'
import type { ProcessEntry } from '../nt/processes.ts'
import { n64 } from '../nt/layout.ts'
import { viewOf } from '../nt/memory.ts'
import { ProcessInfo } from '../nt/query.ts'
import type { Face } from '../space/target.ts'
import { mayByToken } from './access.ts'
import { identify, openProcess, Rights, type Identity } from './handle.ts'
import { checkedReader } from './memory.ts'
import type { Ntdll } from './ntdll.ts'
import type { Snapshots } from './snapshot.ts'
import { walk, type FileFacts } from './walk.ts'

/** What all processes of a system are looked at with. */
export interface Machine {
  readonly ntdll: Ntdll
  readonly snapshots: Snapshots
  /** The file that is mapped at an AllocationBase of a process's HANDLE. */
  readonly fileAt: (process: number, base: number) => FileFacts | undefined
  /** The DOS path of an NT path; itself if it has none. */
  readonly pathOf: (ntPath: string) => string
}

/**
 * A process held open: while one of its HANDLEs is, no other can have its pid.
 * One that may not be opened at all is only known by snapshots, and then by its
 * pid and the time it began: that it has ended is seen as late as a snapshot
 * may be shared.
 */
export class Target {
  readonly pid: number
  readonly created: bigint
  readonly machine: Machine
  /** With limited rights; undefined where those are denied. */
  readonly #limited: number | undefined
  /** With those to its memory, when that is first asked for. */
  #read: number | undefined
  #isClosed = false

  /** ESRCH if there is no process of just this pid, or it began otherwise. */
  constructor(machine: Machine, pid: number, start?: bigint) {
    this.machine = machine
    this.pid = pid
    this.#limited = openProcess(machine.ntdll, pid, Rights.limited)
    try {
      const { created } = this.#identify(this.#limited)
      if (created !== (start ?? created)) throw new Errno('ESRCH')
      this.created = created
    } catch (thrown) {
      this.close()
      throw thrown
    }
  }

  #identify(handle: number | undefined): Pick<Identity, 'created' | 'peb'> {
    if (handle === undefined) {
      const entry = this.machine.snapshots.take('fresh').processes.get(this.pid)
      if (entry === undefined) throw new Errno('ESRCH')
      return { created: entry.created, peb: 0 }
    }
    const found = identify(this.machine.ntdll, handle)
    if (found.pid !== this.pid || found.isGone) throw new Errno('ESRCH')
    return found
  }

  #open(): void {
    if (this.#isClosed) throw new Errno('EBADF')
  }

  /** EACCES, by the name of who may not be looked at. */
  denied(): Errno {
    const { pid, created, machine } = this
    const { name } = machine.snapshots.entry(pid, created)
    const denied = new Errno('EACCES').message
    return new Errno('EACCES', `process ${pid} (${name}): ${denied}`)
  }

  /** ESRCH unless it is still the one that was opened, and lives. */
  verify(): void {
    this.#open()
    // what may not be opened is known by snapshots alone, and told by them
    if (this.#limited === undefined) return void this.entry()
    const { created } = this.#identify(this.#limited)
    if (created !== this.created) throw new Errno('ESRCH')
  }

  /** Whether it has begun to end, before its memory goes. */
  isGone(): boolean {
    const { ntdll } = this.machine
    return this.#limited === undefined || identify(ntdll, this.#limited).isGone
  }

  /** Its part of a snapshot that may be shared; see Snapshots. */
  entry(): ProcessEntry {
    this.#open()
    return this.machine.snapshots.entry(this.pid, this.created)
  }

  /** A HANDLE for its public facts; EACCES. */
  limited(): number {
    this.#open()
    if (this.#limited === undefined) throw this.denied()
    return this.#limited
  }

  /** A HANDLE for its memory; EACCES. */
  reading(): number {
    this.limited()
    const { ntdll } = this.machine
    this.#read ??= openProcess(ntdll, this.pid, Rights.read)
    if (this.#read === undefined) throw this.denied()
    return this.#read
  }

  /** Whether Windows lets this process of ours open it so. */
  may(right: Exclude<Right, 'none'>): boolean {
    this.#open()
    const { ntdll } = this.machine
    if (right === 'limited') return this.#limited !== undefined
    if (this.#limited === undefined) return false
    if (right === 'read' || right === 'attach') {
      this.#read ??= openProcess(ntdll, this.pid, Rights.read)
      return this.#read !== undefined
    }
    const handle = openProcess(ntdll, this.pid, Rights[right])
    if (handle !== undefined) ntdll.NtClose(handle)
    return handle !== undefined
  }

  /** Whether Windows would let the owner of a token open it so. */
  mayBy(token: number, right: Right): boolean {
    this.#open()
    const { ntdll } = this.machine
    // held by no HANDLE, it might be another by now
    if (this.#limited === undefined) return false
    return mayByToken(ntdll, token, this.pid, right)
  }

  regions(): Region[] {
    const { fileAt, ntdll } = this.machine
    return walk(this.reading(), {
      isGone: () => this.isGone(),
      fileAt,
      query: ntdll.NtQueryVirtualMemory,
    })
  }

  /** See {@link checkedReader}; no address is too far out. */
  read(address: number, length: number): Uint8Array {
    return checkedReader(this.machine.ntdll, this.reading())(address, length)
  }

  /**
   * Its PEB, and for WoW64 the 32-bit one, too; none where it has none, as
   * System and other minimal processes.
   */
  faces(): Face[] {
    const { ntdll } = this.machine
    const { peb } = this.#identify(this.limited())
    if (peb === 0) return []
    const bytes = new Uint8Array(8)
    const status = ntdll.NtQueryInformationProcess(
      this.reading(),
      ProcessInfo.Wow64,
      bytes,
      bytes.length,
      null,
    )
    const peb32 = status < 0 ? 0 : n64.get(viewOf(bytes), 0)
    const own = { peb, width: 8 } as const
    return peb32 === 0 ? [own] : [own, { peb: peb32, width: 4 }]
  }

  /**
   * What it was started with, as its program sees it: of WoW64 the 32-bit side.
   * Undefined for one without a PEB; EIO where that cannot be read.
   */
  parameters(): Parameters | undefined {
    const face = this.faces().at(-1)
    if (face === undefined) return undefined
    const read = (at: number, length: number): Uint8Array =>
      this.read(at, length)
    const found = parametersOf(read, face.width, face.peb)
    if (found === undefined) throw this.unreadable('parameters')
    return found
  }

  unreadable(what: string): Errno {
    return new Errno('EIO', `process ${this.pid}: ${what} cannot be read`)
  }

  /** Afterwards everything is EBADF. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const handle of [this.#limited, this.#read])
      if (handle !== undefined) this.machine.ntdll.NtClose(handle)
  }
}
