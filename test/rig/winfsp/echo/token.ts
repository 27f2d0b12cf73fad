import koffi from 'koffi'

const advapi32 = koffi.load('advapi32.dll')

const getTokenInformation = advapi32.func('GetTokenInformation', 'int32', [
  'intptr',
  'int32',
  'void *',
  'uint32',
  'void *',
]) as (
  token: number,
  what: number,
  bytes: Uint8Array,
  room: number,
  size: Uint32Array,
) => number

const checkTokenMembership = advapi32.func('CheckTokenMembership', 'int32', [
  'intptr',
  'void *',
  'void *',
]) as (token: number, sid: Uint8Array, isMember: Uint32Array) => number

/** S-1-5-32-544 */
const administrators = Uint8Array.from([
  1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
])

/** TOKEN_INFORMATION_CLASS */
const Class = { privileges: 3, level: 9 } as const

/** SeDebugPrivilege, SE_PRIVILEGE_ENABLED */
const debug = 20
const enabled = 2

/** What a token says of itself. */
export interface Told {
  readonly isToken: boolean
  /** SECURITY_IMPERSONATION_LEVEL */
  readonly level: number
  readonly privileges: number
  readonly isDebugger: boolean
  readonly isAdministrator: boolean
}

export const tellToken = (token: number): Told => {
  const bytes = Buffer.alloc(4096)
  const size = new Uint32Array(1)
  const get = (what: number): boolean =>
    getTokenInformation(token, what, bytes, bytes.length, size) !== 0
  const isToken = get(Class.level)
  const level = isToken ? bytes.readUInt32LE(0) : -1
  const privileges = get(Class.privileges) ? bytes.readUInt32LE(0) : 0
  const isDebugger = Array.from({ length: privileges }, (_, at) => at).some(
    at =>
      bytes.readUInt32LE(4 + 12 * at) === debug &&
      (bytes.readUInt32LE(12 + 12 * at) & enabled) !== 0,
  )
  const isMember = new Uint32Array(1)
  const isAdministrator =
    isToken &&
    checkTokenMembership(token, administrators, isMember) !== 0 &&
    isMember[0] !== 0
  return { isToken, level, privileges, isDebugger, isAdministrator }
}
