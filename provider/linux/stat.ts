/** /proc/<pid>/stat and statm (fs/proc/array.c). */
import { statFields, type Stat, type Statm } from '../contract.ts'
import { Errno } from '../errno.ts'
import { decode } from '../text.ts'

const malformed = (): never => {
  throw new Errno('EIO', 'stat: malformed')
}

const decimal = /^-?\d{1,20}$/

/** A bigint where a double would not be exact (`rsslim` is often 2^64 - 1). */
const numeric = (text: string | undefined): number | bigint => {
  if (text === undefined || !decimal.test(text)) return malformed()
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

const natural = (text: string | undefined): number => {
  const value = numeric(text)
  return typeof value === 'number' && value >= 0 ? value : malformed()
}

/** The state and the numbers behind it; a comm may hold `)` and blanks. */
const fieldsOf = (text: Buffer, close: number): string[] => {
  if (close < 0 || text.at(-1) !== 10) malformed()
  const end = text.length - 1
  return text.toString('latin1', close + 2, end).split(' ')
}

const [newline, blank, parenthesis] = [10, 32, 41]

/** Index of start time among the fields, of which the state is the first. */
const startAt = 1 + statFields.indexOf('starttime')

/**
 * Start time in clock ticks since boot: with the pid, the identity of a
 * process. It ticks 100 times a second.
 */
export const startOf = (text: Buffer): bigint => {
  // read at every look at a process: by bytes, without a string
  let at = text.lastIndexOf(parenthesis)
  if (at < 0 || text.at(-1) !== newline) malformed()
  for (let field = 0; field <= startAt; field++) {
    at = text.indexOf(blank, at + 1)
    if (at < 0) malformed()
  }
  const end = text.indexOf(blank, at + 1)
  return BigInt(
    numeric(text.toString('latin1', at + 1, end < 0 ? text.length - 1 : end)),
  )
}

/**
 * Everything that stat tells. Fields that an older kernel lacks are absent,
 * those past the 52nd are not read. `comm` is as the kernel has it here:
 * nothing escaped. EIO for what is no stat.
 */
export const parseStat = (text: Buffer): Stat => {
  const open = text.indexOf(' (')
  const close = text.lastIndexOf(') ')
  if (open < 0 || close < open + 2) malformed()
  const [state = '', ...fields] = fieldsOf(text, close)
  if (!/^[A-Za-z]$/.test(state) || fields.length < startAt) malformed()
  const pid = natural(text.toString('latin1', 0, open))
  const comm = decode(text.subarray(open + 2, close))
  const numbers = statFields
    .slice(0, fields.length)
    .map((name, index) => [name, numeric(fields[index])])
  return { pid, comm, state, ...Object.fromEntries(numbers) }
}

/**
 * The numbers of statm: `size resident shared text lib data dt`, of which lib
 * and dt are always 0. They count the kernel's own pages, which are 4096 bytes
 * on x86 and may be larger elsewhere; nothing is converted.
 */
export const parseStatm = (text: Buffer): Statm => {
  const fields = text.toString('latin1').split(/[ \n]/)
  if (fields.length !== 8 || fields.at(-1) !== '') malformed()
  const [size, resident, shared, code, , data] = fields
  return {
    size: natural(size),
    resident: natural(resident),
    shared: natural(shared),
    text: natural(code),
    data: natural(data),
  }
}
