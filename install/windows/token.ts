import { call, handleIn } from './functions.ts'
import { sidIn } from './parse.ts'
import { Refusal } from './refusal.ts'

const OpenProcessToken = call('advapi32', 'OpenProcessToken')
const GetTokenInformation = call('advapi32', 'GetTokenInformation')
const CloseHandle = call('kernel32', 'CloseHandle')

/** winnt.h: the current process, TOKEN_QUERY, TOKEN_INFORMATION_CLASS. */
const self = -1
const TOKEN_QUERY = 0x8
const TokenUser = 1
const TokenElevation = 20

/** What the token of this process tells of a class. Throws Refusal. */
const ask = (kind: number): Uint8Array => {
  const opened = new Uint8Array(8)
  if (OpenProcessToken(self, TOKEN_QUERY, opened) === 0)
    throw new Refusal('the token of this process cannot be opened')
  const handle = handleIn(opened)
  const bytes = new Uint8Array(256)
  const size = new Uint8Array(4)
  const good = GetTokenInformation(handle, kind, bytes, bytes.length, size)
  CloseHandle(handle)
  if (good === 0) throw new Refusal('the token of this process tells nothing')
  return bytes.subarray(0, new DataView(size.buffer).getUint32(0, true))
}

/** Whether this process runs with an administrator's full rights. */
export const isElevated = (): boolean => ask(TokenElevation)[0] !== 0

/** TOKEN_USER: a pointer and a number, then what the pointer leads to. */
const sidAt = process.arch === 'ia32' ? 8 : 16

/** The SID of the user that this process runs as. Throws Refusal. */
export const userSid = (): string => {
  const sid = sidIn(ask(TokenUser).subarray(sidAt))
  if (sid === undefined)
    throw new Refusal('the token of this process names no user')
  return sid
}
