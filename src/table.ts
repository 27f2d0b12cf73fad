import { noteSize, type Request } from '../fs/openfile.ts'

/**
 * What the loop, the walkers and the watchdog share: the table of pending
 * requests (slots), the lanes they wait in, and the queue of lanes. Plain
 * typed arrays over one SharedArrayBuffer; every thread lays them out alike.
 */

/** Pending requests at most; beyond that a read is EAGAIN. */
export const slots = 1024

type Column =
  | typeof Int32Array
  | typeof Uint32Array
  | typeof BigInt64Array
  | typeof BigUint64Array
  | typeof Float64Array

/** One array per name, `slots` long; 8-byte elements first. */
const columns = {
  /** The host's number of the request. */
  id: BigUint64Array,
  start: BigInt64Array,
  /** Of a piece of a window: where it begins, and its bytes. */
  pieceAt: BigUint64Array,
  /** Bytes into the text, and when the answer is due (ms, see now()). */
  offset: Float64Array,
  due: Float64Array,
  /** What a file is open by that is asked about, -1 if about none. */
  fd: Float64Array,
  /** Of a lane: when its walk began (ms), 0 when none is under way. */
  since: Float64Array,
  /** HANDLE of the caller's token, -1 if it has none. */
  token: Float64Array,
  claim: Int32Array,
  lane: Int32Array,
  /** The slot after this one in its lane, or `none`. */
  next: Int32Array,
  row: Int32Array,
  pid: Uint32Array,
  tid: Uint32Array,
  uid: Uint32Array,
  gid: Uint32Array,
  size: Uint32Array,
  pieceSize: Uint32Array,
  /** 1 if the text is lines. */
  lines: Uint32Array,
  /** Bytes of the request's note. */
  noted: Uint32Array,
  /** Of a lane: top of its stack of waiting slots, `none` or `closed`. */
  waiting: Int32Array,
  /** Of a lane: the walker in it, counted from 1; 0 when none. */
  walker: Int32Array,
  /** Of a lane: 1 once its walk is past the deadline. */
  stuck: Int32Array,
  /** The queue's cells and their turns, see queue.ts. */
  cell: Int32Array,
  turn: Int32Array,
} as const satisfies Record<string, Column>

/** Single words. */
const words = {
  head: 0,
  tail: 1,
  /** Bumped when a lane is queued: walkers sleep on it. */
  queued: 2,
  /** Bumped after each message to the loop: no bump, nothing to drain. */
  posted: 3,
  /** 1 while every walker is stuck and no other may be started. */
  exhausted: 4,
  /** What the kernel holds of this mount, as of when the loop last slept. */
  nodes: 5,
  files: 6,
  directories: 7,
} as const

/** End of a list. */
export const none = -1
/** A lane that no walker will look into unless it is queued again. */
export const closed = -2

/** A column's constructor, over shared memory. */
type Shared = new (
  buffer: SharedArrayBuffer,
  at: number,
  length: number,
) => ArrayBufferView

type Arrays = {
  readonly [name in keyof typeof columns]: InstanceType<(typeof columns)[name]>
}

export type Table = Arrays & {
  readonly buffer: SharedArrayBuffer
  /** `noteSize` bytes for each slot. */
  readonly notes: Uint8Array
  readonly words: Int32Array
  readonly at: typeof words
}

const noteBytes = slots * noteSize

const bytes = Object.values(columns).reduce(
  (sum, { BYTES_PER_ELEMENT }) => sum + BYTES_PER_ELEMENT * slots,
  noteBytes,
)

/** The table over a buffer that another thread made. */
export const tableOver = (buffer: SharedArrayBuffer): Table => {
  let at = 0
  const arrays = Object.entries(columns).map(([name, Column]) => {
    const array = new (Column as Shared)(buffer, at, slots)
    at += array.byteLength
    return [name, array]
  })
  return {
    ...(Object.fromEntries(arrays) as unknown as Arrays),
    buffer,
    notes: new Uint8Array(buffer, at, noteBytes),
    words: new Int32Array(buffer, at + noteBytes),
    at: words,
  }
}

export const newTable = (): Table => {
  const table = tableOver(
    new SharedArrayBuffer(bytes + Object.keys(words).length * 4),
  )
  table.waiting.fill(closed)
  table.turn.forEach((_, cell) => (table.turn[cell] = cell))
  return table
}

/** A copy: the slot may soon be another request's. */
const noteIn = (
  { notes, noted }: Table,
  slot: number,
): Uint8Array | undefined => {
  const length = noted[slot] as number
  const at = slot * noteSize
  return length ? notes.slice(at, at + length) : undefined
}

/** The request that stands in a slot. */
export const requestIn = (table: Table, slot: number): Request => ({
  id: table.id[slot] as bigint,
  offset: table.offset[slot] as number,
  size: table.size[slot] as number,
  lines: Boolean(table.lines[slot]),
  note: noteIn(table, slot),
})

/** Milliseconds of a clock that is one for all threads (CLOCK_MONOTONIC). */
export const now = (): number => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
