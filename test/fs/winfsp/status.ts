import t from 'tap'
import {
  codeOfStatus,
  isSuccess,
  Status,
  statusOf,
} from '../../../fs/winfsp/status.ts'
import { numberOf, type Code } from '../../../provider/errno.ts'
import { goldenNumber } from '../../rig/winfsp.ts'

/** ObjectNameNotFound -> STATUS_OBJECT_NAME_NOT_FOUND */
const nameOf = (name: string): string =>
  `STATUS${name.replaceAll(/[A-Z](?=[a-z])|(?<=[a-z])A/g, letter => `_${letter}`)}`.toUpperCase()

t.test('statuses are those of <ntstatus.h>', t => {
  for (const [name, status] of Object.entries(Status))
    t.equal(status, goldenNumber(nameOf(name)) | 0, name)
  t.end()
})

t.test('every error has a status that is neither success nor warning', t => {
  const codes: Record<Code, true> = {
    EPERM: true,
    ENOENT: true,
    ESRCH: true,
    EINTR: true,
    EIO: true,
    EBADF: true,
    EAGAIN: true,
    ENOMEM: true,
    EACCES: true,
    EBUSY: true,
    EEXIST: true,
    ENODEV: true,
    ENOTDIR: true,
    EISDIR: true,
    EINVAL: true,
    EMFILE: true,
    ENOTTY: true,
    EFBIG: true,
    EROFS: true,
    EPIPE: true,
    ENAMETOOLONG: true,
    ENOSYS: true,
    ENOTEMPTY: true,
    ELOOP: true,
    ENOTCONN: true,
    ETIMEDOUT: true,
  }
  for (const code of Object.keys(codes) as Code[]) {
    t.ok(numberOf(code) > 0)
    t.equal(statusOf(code) >>> 30, 3, code)
  }
  t.end()
})

t.test('an error comes back as itself, or as what is told alike', t => {
  const alike: Partial<Record<Code, Code>> = {
    EPERM: 'EACCES',
    ESRCH: 'ENOENT',
    EAGAIN: 'ENOMEM',
    ENOTTY: 'ENOSYS',
  }
  for (const code of [
    'ENOENT',
    'EPERM',
    'ESRCH',
    'EAGAIN',
    'ENOTTY',
    'EIO',
    'ELOOP',
    'ETIMEDOUT',
    'EBADF',
  ] as const)
    t.equal(codeOfStatus(statusOf(code)), alike[code] ?? code, code)
  t.equal(codeOfStatus(0xc0000022), 'EACCES', 'unsigned, too')
  t.equal(codeOfStatus(0xc0000035), 'EEXIST')
  t.equal(codeOfStatus(0xdeadbeef), 'EIO', 'one that we do not know')
  t.end()
})

t.test('warnings are no success', t => {
  t.equal(isSuccess(Status.Success), true)
  t.equal(isSuccess(Status.Reparse), true)
  t.equal(isSuccess(0x80000005), false)
  t.equal(isSuccess(Status.AccessDenied), false)
  t.end()
})
