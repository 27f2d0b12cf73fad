/**
 * What the kernel would make of a reply that it should not: its own rules
 * (fs/fuse/dev.c:fuse_dev_do_write, copy_out_args, fs/fuse/readdir.c), by its
 * own numbers, of the request's bytes and not of what was made of them.
 */

/** Requests of which parts are read here. */
export const Op = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  SETATTR: 4,
  READLINK: 5,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  STATFS: 17,
  RELEASE: 18,
  GETXATTR: 22,
  LISTXATTR: 23,
  FLUSH: 25,
  INIT: 26,
  OPENDIR: 27,
  READDIR: 28,
  RELEASEDIR: 29,
  ACCESS: 34,
  INTERRUPT: 36,
  DESTROY: 38,
  NOTIFY_REPLY: 41,
  BATCH_FORGET: 42,
  READDIRPLUS: 44,
} as const

/** Bytes before what a request asks, and before what a reply tells. */
export const askedAt = 40
export const toldAt = 16

/** No reply to them has anyone waiting. */
export const unanswered: ReadonlySet<number> = new Set([
  Op.FORGET,
  Op.INTERRUPT,
  Op.NOTIFY_REPLY,
  Op.BATCH_FORGET,
])

/** Bytes that a success has, where they are as many each time. */
const exact: Readonly<Record<number, number>> = {
  [Op.LOOKUP]: 128,
  [Op.GETATTR]: 104,
  [Op.SETATTR]: 104,
  [Op.OPEN]: 16,
  [Op.STATFS]: 80,
  [Op.RELEASE]: 0,
  [Op.FLUSH]: 0,
  [Op.INIT]: 64,
  [Op.OPENDIR]: 16,
  [Op.RELEASEDIR]: 0,
  [Op.ACCESS]: 0,
  [Op.DESTROY]: 0,
}

/** Where a request says how many bytes it has room for. */
const room: Readonly<Record<number, number>> = {
  [Op.READ]: askedAt + 16,
  [Op.READDIR]: askedAt + 16,
  [Op.READDIRPLUS]: askedAt + 16,
  [Op.LISTXATTR]: askedAt,
}

/** Bytes of a page: no link is longer. */
const page = 4096

/** What a row begins with, before its dirent. */
const plusSize = 128

const listFault = (body: Buffer, isPlus: boolean): string => {
  const before = isPlus ? plusSize : 0
  for (let at = 0; at < body.length;) {
    if (at + before + 24 > body.length) return 'an entry that is cut'
    const length = body.readUInt32LE(at + before + 16)
    const start = at + before + 24
    const name = body.subarray(start, start + length).toString()
    if (length === 0 || length > 255 || /[/\0]/.test(name))
      return `a name of ${length} bytes: ${name}`
    if (body.readBigUInt64LE(at + before + 8) === 0n) return 'an offset of 0'
    at = (start + length + 7) & ~7
    if (at > body.length) return 'an entry that is cut'
  }
  return ''
}

const successFault = (op: number, request: Buffer, body: Buffer): string => {
  const size = exact[op]
  if (size !== undefined)
    return body.length === size ? '' : `${body.length} bytes`
  if (op === Op.READLINK)
    return body.length > 0 && body.length < page && !body.includes(0)
      ? ''
      : `a link of ${body.length} bytes`
  const place = room[op]
  if (place === undefined) return 'done, where nothing can be'
  if (request.length < place + 4) return 'success of what makes no sense'
  const asked = request.readUInt32LE(place)
  if (op === Op.LISTXATTR && asked === 0)
    return body.length === 8 ? '' : `${body.length} bytes`
  if (body.length > asked) return `${body.length} bytes of ${asked}`
  return op === Op.READ || op === Op.LISTXATTR
    ? ''
    : listFault(body, op === Op.READDIRPLUS)
}

/** Which rule is broken by a reply to a request; '' for none. */
export const fuseFaultOf = (reply: Buffer, request: Buffer): string => {
  if (reply.length < toldAt) return `${reply.length} bytes`
  const op = request.readUInt32LE(4)
  if (unanswered.has(op)) return 'a reply that nobody waits for'
  if (reply.readUInt32LE(0) !== reply.length) return 'another length'
  if (reply.readBigUInt64LE(8) !== request.readBigUInt64LE(8))
    return 'another request'
  const error = reply.readInt32LE(4)
  if (error > 0 || error <= -512) return `error ${error}`
  if (error !== 0) return reply.length === toldAt ? '' : 'an error with bytes'
  if (request.readUInt32LE(0) !== request.length)
    return 'success of what makes no sense'
  if (op === Op.LOOKUP && request.indexOf(0, askedAt) <= askedAt)
    return 'an entry without a name'
  return successFault(op, request, reply.subarray(toldAt))
}
