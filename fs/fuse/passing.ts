import koffi from 'koffi'
import { Errno } from '../../provider/errno.ts'
import { i32, layout, n64, u32 } from '../../provider/nt/layout.ts'
import { libc, must } from './libc.ts'

/**
 * A socket over which another program passes us a descriptor: SCM_RIGHTS
 * (unix(7), cmsg(3)). The structures are those of 64-bit Linux; pointers of
 * user space are below 2^53.
 */

/** struct msghdr (include/linux/socket.h, the system call's form). */
const MsgHdr = layout(0x38, {
  msg_name: [0x00, n64],
  msg_namelen: [0x08, u32], // bytes
  msg_iov: [0x10, n64], // IoVec
  msg_iovlen: [0x18, n64], // entries
  msg_control: [0x20, n64], // CMsgHdr
  msg_controllen: [0x28, n64], // bytes
  msg_flags: [0x30, i32],
})

/** struct iovec (include/uapi/linux/uio.h). */
const IoVec = layout(0x10, {
  iov_base: [0x00, n64],
  iov_len: [0x08, n64], // bytes
})

/** struct cmsghdr, and the one descriptor that follows. */
const CMsgHdr = layout(0x18, {
  cmsg_len: [0x00, n64], // bytes, of the header and its data
  cmsg_level: [0x08, i32],
  cmsg_type: [0x0c, i32],
  fd: [0x10, i32],
})

const AF_UNIX = 1
const SOCK_STREAM = 1
const SOCK_CLOEXEC = 0o200_0000
const SOL_SOCKET = 1
const SCM_RIGHTS = 1
const MSG_DONTWAIT = 0x40
const MSG_CMSG_CLOEXEC = 0x4000_0000

/** Two sockets, each the other's far end. */
export const newPair = (): [ours: number, theirs: number] => {
  const fds = new Int32Array(new ArrayBuffer(8))
  const bytes = new Uint8Array(fds.buffer)
  must(
    libc().socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, bytes),
    'socketpair',
  )
  return [...fds] as [number, number]
}

/**
 * The descriptor that was sent to this socket, inherited by no program;
 * undefined if none was. Does not wait for one.
 */
export const receive = (socket: number): number | undefined => {
  if (koffi.sizeof('void *') !== 8)
    throw new Errno('ENOSYS', 'mounting as a user needs a 64-bit system')
  const memory = new ArrayBuffer(0x80)
  const view = new DataView(memory)
  const bytes = new Uint8Array(memory)
  const start = Number(koffi.address(bytes))
  const message = MsgHdr.view(view)
  const vector = IoVec.view(view, MsgHdr.size)
  const control = CMsgHdr.view(view, vector.at + IoVec.size)
  vector.iov_base = start + control.at + CMsgHdr.size
  vector.iov_len = 1
  message.msg_iov = start + vector.at
  message.msg_iovlen = 1
  message.msg_control = start + control.at
  message.msg_controllen = CMsgHdr.size
  const count = libc().recvmsg(socket, bytes, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)
  return count > 0 &&
    message.msg_controllen >= CMsgHdr.fields.fd[0] &&
    control.cmsg_level === SOL_SOCKET &&
    control.cmsg_type === SCM_RIGHTS
    ? control.fd
    : undefined
}
