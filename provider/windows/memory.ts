import { Access } from '../contract.ts'
import { n64 } from '../nt/layout.ts'
import { viewOf, type Read } from '../nt/memory.ts'
import { accessOf, states } from '../nt/protect.ts'
import {
  MEMORY_BASIC_INFORMATION,
  MemoryBasicInformation,
} from '../nt/virtual.ts'
import type { Ntdll } from './ntdll.ts'

const page = 4096

/** No address of a program is higher, with any number of levels of tables. */
const highest = 2 ** 57

const info = new Uint8Array(MEMORY_BASIC_INFORMATION.size)
const infoView = MEMORY_BASIC_INFORMATION.view(viewOf(info))
const count = new Uint8Array(8)
const countView = viewOf(count)

/** Bytes of one call: those that came before it failed, if it did. */
const once = (
  ntdll: Ntdll,
  process: number,
  address: number,
  into: Uint8Array,
): number => {
  count.fill(0)
  const status = ntdll.NtReadVirtualMemory(
    process,
    address,
    into,
    into.length,
    count,
  )
  return status >= 0
    ? into.length
    : Math.min(n64.get(countView, 0), into.length)
}

/**
 * Reads a process, given its HANDLE with PROCESS_VM_READ: what is there up to
 * the first byte that is not. A call over a hole may give nothing at all, so
 * after one that failed it goes on page by page.
 *
 * To be asked only for pages that are known to be readable: a read from
 * outside, too, takes the guard from a guard page.
 */
export const reader =
  (ntdll: Ntdll, process: number): Read =>
  (address, length) => {
    const bytes = new Uint8Array(length)
    let done = once(ntdll, process, address, bytes)
    while (done < length) {
      const at = address + done
      const end = Math.min(done + page - (at % page), length)
      const got = once(ntdll, process, at, bytes.subarray(done, end))
      done += got
      if (done < end) break
    }
    return bytes.subarray(0, done)
  }

/** Where memory that can be read without harm ends, from `address` on. */
const readableEnd = (
  ntdll: Ntdll,
  process: number,
  address: number,
): number => {
  const status = ntdll.NtQueryVirtualMemory(
    process,
    address,
    MemoryBasicInformation,
    info,
    info.length,
    null,
  )
  const access = accessOf(infoView.Protect) ?? 0
  const isReadable =
    status >= 0 &&
    states[infoView.State] === 'commit' &&
    (access & Access.read) !== 0 &&
    (access & Access.guard) === 0
  return isReadable ? infoView.BaseAddress + infoView.RegionSize : address
}

/**
 * The same for any address, with PROCESS_QUERY_INFORMATION, too: each region is
 * asked for first, and one that is not committed, may not be read or is
 * guarded is a hole.
 *
 * Approximation: a page that becomes a guard page between the two calls is
 * read. A stack grows the other way: its guard pages were only reserved.
 */
export const checkedReader = (ntdll: Ntdll, process: number): Read => {
  const read = reader(ntdll, process)
  return (address, length) => {
    const pieces: Uint8Array[] = []
    const end = address + length
    for (let at = address; at < end && at < highest;) {
      const until = Math.min(readableEnd(ntdll, process, at), end)
      if (!(until > at)) break
      const piece = read(at, until - at)
      pieces.push(piece)
      at += piece.length
      if (at < until) break
    }
    const [first] = pieces
    if (pieces.length === 1 && first !== undefined) return first
    const bytes = new Uint8Array(
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    )
    let to = 0
    for (const piece of pieces) {
      bytes.set(piece, to)
      to += piece.length
    }
    return bytes
  }
}
