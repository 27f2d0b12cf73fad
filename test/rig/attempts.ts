/**
 * What happens when one tries things at a /proc, as a JSON object of names and
 * outcomes: `ok`, a number, or an errno's code.
 *
 *     node attempts.js PROC PID
 *
 * In a process of its own, so that another user can try.
 */
import * as fs from 'node:fs'
import {
  fallocate,
  flock,
  getxattr,
  ioctl,
  listxattr,
  lseek,
  mkfifo,
  Whence,
} from './libc.ts'

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC } =
  fs.constants
const { O_WRONLY, R_OK, W_OK, X_OK } = fs.constants
const O_TMPFILE = 0o20200000
const TCGETS = 0x5401
const LOCK_SH = 1

const [proc = '', pid = ''] = process.argv.slice(2)
const at = (name: string): string => `${proc}/${pid}/${name}`

type Attempt = () => unknown

/** Opens, and tries something with the descriptor. */
const opened =
  (name: string, flags: number, use: (fd: number) => unknown = () => {}) =>
  (): unknown => {
    const fd = fs.openSync(at(name), flags)
    try {
      return use(fd)
    } finally {
      fs.closeSync(fd)
    }
  }

const write = (fd: number): number => fs.writeSync(fd, 'x')
const read = (fd: number): void => void fs.readSync(fd, Buffer.alloc(1))

const attempts: Readonly<Record<string, Attempt>> = {
  'create a file': () => fs.openSync(at('new'), 'wx'),
  'create a file in /proc': () => fs.openSync(`${proc}/new`, 'w'),
  'create a file in task': () => fs.openSync(at('task/new'), 'w'),
  'create where there is one': opened('maps', O_CREAT | O_RDONLY),
  'create exclusively where there is one': () => fs.openSync(at('maps'), 'wx'),
  'create a nameless file': opened('', O_TMPFILE | O_RDWR),
  'make a directory': () => fs.mkdirSync(at('new')),
  'make a directory in /proc': () => fs.mkdirSync(`${proc}/new`),
  'make a directory where there is one': () => fs.mkdirSync(at('task')),
  'make a link': () => fs.symlinkSync('x', at('new')),
  'make a hard link': () => fs.linkSync(at('maps'), at('new')),
  'make a pipe': () => mkfifo(at('new'), 0o600),
  'rename a file': () => fs.renameSync(at('maps'), at('new')),
  'rename over a file': () => fs.renameSync(at('maps'), at('stat')),
  'remove a file': () => fs.unlinkSync(at('maps')),
  'remove a link': () => fs.unlinkSync(at('exe')),
  'remove a directory': () => fs.rmdirSync(at('task')),
  'remove a thread’s directory': () => fs.rmdirSync(at(`task/${pid}`)),
  'remove a process’s directory': () => fs.rmdirSync(at('')),
  'remove what is not there': () => fs.unlinkSync(at('new')),
  'remove an open file': opened('maps', O_RDONLY, () =>
    fs.unlinkSync(at('maps')),
  ),

  'change a mode': () => fs.chmodSync(at('maps'), 0o777),
  'change an owner': () => fs.chownSync(at('maps'), 1, 1),
  'change times': () => fs.utimesSync(at('maps'), 1, 1),
  'truncate a file': () => fs.truncateSync(at('maps')),
  'truncate comm': () => fs.truncateSync(at('comm')),

  'open maps to write': opened('maps', O_WRONLY),
  'open maps to read and write': opened('maps', O_RDWR),
  'open maps, truncating': opened('maps', O_WRONLY | O_TRUNC),
  'open comm to write': opened('comm', O_WRONLY),
  'open environ': opened('environ', O_RDONLY),
  'open stat': opened('stat', O_RDONLY),
  'write to maps': opened('maps', O_RDWR, write),
  'write to another’s comm': opened('comm', O_RDWR, write),
  'write where it is open to read': opened('stat', O_RDONLY, write),
  'read where it is open to write': opened('comm', O_WRONLY, read),
  'truncate an open file': opened('comm', O_RDWR, fd => fs.ftruncateSync(fd)),
  'change an open file’s mode': opened('stat', O_RDONLY, fd =>
    fs.fchmodSync(fd, 0o777),
  ),
  'allocate room': opened('comm', O_RDWR, fd => fallocate(fd, 0, 0, 1)),
  'write it out': opened('stat', O_RDONLY, fd => fs.fsyncSync(fd)),
  'lock a file': opened('stat', O_RDONLY, fd => flock(fd, LOCK_SH)),
  'ask for a terminal': opened('stat', O_RDONLY, fd =>
    ioctl(fd, TCGETS, 'void *', Buffer.alloc(64)),
  ),

  'seek from the end': opened('stat', O_RDONLY, fd => lseek(fd, 0, Whence.end)),
  'seek for data': opened('stat', O_RDONLY, fd => lseek(fd, 0, Whence.data)),
  'seek for a hole': opened('stat', O_RDONLY, fd => lseek(fd, 0, Whence.hole)),
  'seek below 0': opened('stat', O_RDONLY, fd => lseek(fd, -1, Whence.set)),
  'seek beyond the end': opened('stat', O_RDONLY, fd =>
    lseek(fd, 1 << 20, Whence.set),
  ),
  'seek in a directory': opened('task', O_RDONLY, fd =>
    lseek(fd, 0, Whence.set),
  ),

  'access maps to read': () => fs.accessSync(at('maps'), R_OK),
  'access maps to write': () => fs.accessSync(at('maps'), W_OK),
  'access maps to execute': () => fs.accessSync(at('maps'), X_OK),
  'access comm to write': () => fs.accessSync(at('comm'), W_OK),
  'access environ to read': () => fs.accessSync(at('environ'), R_OK),
  'access a directory to write': () => fs.accessSync(at('task'), W_OK),
  'access a directory to enter': () => fs.accessSync(at('task'), X_OK),
  'enter a file': () => process.chdir(at('maps')),
  'list a file': () => fs.readdirSync(at('maps')),
  'open a file as a directory': opened('maps', O_RDONLY | O_DIRECTORY),
  'open a directory to write': opened('task', O_WRONLY),
  'read a directory': opened('task', O_RDONLY, read),
  'read a file as a link': () => fs.readlinkSync(at('maps')),
  'open a link, not following it': opened('exe', O_RDONLY | O_NOFOLLOW),
  'look below a file': () => fs.statSync(at('maps/x')),
  'look for nothing': () => fs.statSync(at('new')),
  'look for a name of 255 bytes': () => fs.statSync(at('x'.repeat(255))),
  'look for a name of 256 bytes': () => fs.statSync(at('x'.repeat(256))),
  'list extended attributes': () => listxattr(at('maps'), Buffer.alloc(64), 64),
  'read an extended attribute': () =>
    getxattr(at('maps'), 'user.x', Buffer.alloc(64), 64),
}

const outcomeOf = (attempt: Attempt): string => {
  try {
    const result = attempt()
    return typeof result === 'number' || typeof result === 'string'
      ? `${result}`
      : 'ok'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // two names of one number
    return code === 'ENOTSUP' ? 'EOPNOTSUPP' : (code ?? String(error))
  }
}

console.log(
  JSON.stringify(
    Object.fromEntries(
      Object.entries(attempts).map(([name, attempt]) => [
        name,
        outcomeOf(attempt),
      ]),
    ),
  ),
)
