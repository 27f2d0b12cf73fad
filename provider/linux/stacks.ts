/** Stacks of threads other than the first, whose stack the kernel names. */
import { Access, type Region, type Span } from '../contract.ts'

const pointer = /^0x[0-9a-f]{1,16}$/

/**
 * Stack pointer of a thread that waits, from its `syscall` file
 * (fs/proc/base.c:proc_pid_syscall): the last but one field. Undefined for
 * `running`, which tells none.
 */
export const stackPointer = (text: string): number | undefined => {
  const field = text.trimEnd().split(' ').at(-2) ?? ''
  return pointer.test(field) ? Number(field) : undefined
}

/** The region that holds an address, among ascending ones. */
const holding = (
  regions: readonly Region[],
  address: number,
): Region | undefined => {
  let [low, high] = [0, regions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const { end } = regions[middle] as Region
    if (end <= address) low = middle + 1
    else high = middle
  }
  const region = regions[low]
  return region && region.start <= address ? region : undefined
}

/**
 * One span of kind `stack` per thread: the unnamed private writable region
 * that its stack pointer is in. A program that runs a thread on memory of its
 * own making (a coroutine) shows that; stacks that the kernel has merged into
 * one region (glibc since 2.42 guards them without splitting it) show that
 * region once for each.
 */
export const findStacks = (
  regions: readonly Region[],
  pointers: Iterable<readonly [tid: number, pointer: number]>,
): Span[] => {
  const spans: Span[] = []
  for (const [id, address] of pointers) {
    const region = holding(regions, address)
    if (region === undefined || region.name !== undefined) continue
    if (region.type !== 'private' || !(region.access & Access.write)) continue
    spans.push({ start: region.start, end: region.end, kind: 'stack', id })
  }
  return spans
}
