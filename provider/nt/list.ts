import { layout, n64, u32 } from './layout.ts'
import {
  structure,
  type ByWidth,
  type Numbers,
  type Read,
  type Width,
} from './memory.ts'

/** LIST_ENTRY, winnt.h. A list's head is one, too. */
export const ListEntry: ByWidth<Numbers<'Flink' | 'Blink'>> = {
  8: layout(0x10, {
    Flink: [0x00, n64], // next entry; the head, of the last one
    Blink: [0x08, n64], // previous entry; the head, of the first one
  }),
  4: layout(0x08, {
    Flink: [0x00, u32],
    Blink: [0x04, u32],
  }),
}

/** Entries that one list can yield, each way. */
export const listBound = 0x1_0000

const ways = [
  ['Flink', 'Blink'],
  ['Blink', 'Flink'],
] as const

/**
 * Addresses of the entries of a list, the head's own not: forward, each one
 * only if it points back to the one before; and backward from the head, if the
 * way forward broke off. So an entry that was torn or that lies costs no more
 * than itself, and no cycle is entered but by entries that change meanwhile:
 * {@link listBound} ends those. One that was reached both ways comes twice.
 */
export function* entriesOf(
  read: Read,
  width: Width,
  head: number,
): Generator<number, void, undefined> {
  const layout = ListEntry[width]
  for (const [onward, back] of ways) {
    let previous = head
    let entry = structure(read, layout, head)
    for (let count = 0; entry !== undefined && count < listBound; count++) {
      const at = entry[onward]
      if (at === head) return
      entry = at % width === 0 ? structure(read, layout, at) : undefined
      if (entry?.[back] !== previous) break
      yield at
      previous = at
    }
  }
}
