/**
 * FUSE requests in, what the drive makes of them out. Many are under way at
 * once, and each is what a program on Windows would do: a lookup opens for
 * attributes, a file that is opened stays so until it is released.
 *
 * Not told: times (all are those of the mount) and the size of an open file
 * (fstat does not tell the server which handle it asks of). What would make,
 * rename or remove files is refused here; a file opened to be written is asked
 * for as such.
 */
import { Fopen, Init } from '../../../../fs/fuse/codec/flags.ts'
import { Listing, type Name } from '../../../../fs/fuse/codec/listing.ts'
import { negotiate } from '../../../../fs/fuse/codec/negotiate.ts'
import { Opcode } from '../../../../fs/fuse/codec/opcodes.ts'
import { Reply } from '../../../../fs/fuse/codec/reply.ts'
import { Request } from '../../../../fs/fuse/codec/request.ts'
import {
  AccessIn,
  InitIn,
  InterruptIn,
  OpenIn,
  ReadIn,
  ReleaseIn,
} from '../../../../fs/fuse/codec/structures.ts'
import { largestRead } from '../../../../fs/fuse/session.ts'
import { Errno, codeOf, type Code } from '../../../../provider/errno.ts'
import { Outside, Refusal, type OpenFile, type Program } from '../client.ts'
import { Option } from '../requests.ts'
import { codeOfStatus } from './errors.ts'
import { Names, attrOf, childOf, formatOf, targetOf } from './names.ts'

const blockSize = 4096
const common = { blockSize, time: Date.now() / 1e3 }

/** include/uapi/asm-generic/fcntl.h */
const O_ACCMODE = 0o3
const O_TRUNC = 0o1000

/** FILE_GENERIC_READ, FILE_GENERIC_WRITE, by the value of O_ACCMODE. */
const accesses = [0x120089, 0x120116, 0x12019f] as const

/** FILE_LIST_DIRECTORY, SYNCHRONIZE */
const listAccess = 0x100001

/** Dispositions of Create. */
const open = 1
const overwrite = 4

interface Answer {
  /** Writes the reply: its length. */
  say(): number
  /** Takes back what was done, where nobody waits for the reply any more. */
  undo?(): Promise<void>
}

type Operation = (request: Request, signal: AbortSignal) => Promise<Answer>

const refusals: { readonly [opcode: number]: Code } = Object.fromEntries(
  [
    Opcode.SETATTR,
    Opcode.SYMLINK,
    Opcode.MKNOD,
    Opcode.MKDIR,
    Opcode.UNLINK,
    Opcode.RMDIR,
    Opcode.RENAME,
    Opcode.LINK,
    Opcode.WRITE,
    Opcode.CREATE,
    Opcode.RENAME2,
  ].map(opcode => [opcode, 'EROFS'] as const),
)

interface Directory {
  readonly file: OpenFile
  names: readonly Name[]
}

const taken = <T>(handles: Map<number, T>, handle: number): T => {
  const found = handles.get(handle)
  if (found === undefined) throw new Errno('EBADF')
  return found
}

interface Hooks {
  /** Sends the first `length` bytes of a reply. */
  send(bytes: Uint8Array, length: number): void
  /** Tells of what nobody foresaw. */
  log(line: string): void
}

export class Session {
  readonly #program: Program
  readonly #hooks: Hooks
  readonly #output = new Uint8Array(largestRead + 4096)
  readonly #reply = new Reply(this.#output, common)
  readonly #listing = new Listing(this.#output, common)
  readonly #names = new Names()
  readonly #files = new Map<number, OpenFile>()
  readonly #directories = new Map<number, Directory>()
  readonly #pending = new Map<bigint, AbortController>()
  #lastHandle = 0

  constructor(program: Program, hooks: Hooks) {
    this.#program = program
    this.#hooks = hooks
  }

  /** Takes a request; `bytes` are its own. */
  async take(bytes: Uint8Array): Promise<void> {
    const request = new Request(bytes)
    request.load(bytes.length)
    const { opcode, unique } = request
    if (opcode === Opcode.FORGET || opcode === Opcode.BATCH_FORGET)
      return request.forgets((id, count) => this.#names.forget(id, count))
    if (opcode === Opcode.INTERRUPT)
      return this.#pending.get(request.body(InterruptIn).unique)?.abort()
    const controller = new AbortController()
    const { signal } = controller
    // who is interrupted does not wait, though the drive may have to
    signal.addEventListener('abort', () =>
      this.#send(this.#reply.error(unique, 'EINTR')),
    )
    this.#pending.set(unique, controller)
    const answer = await this.#answer(request, signal)
    this.#pending.delete(unique)
    if (signal.aborted) await answer.undo?.()
    else this.#send(answer.say())
  }

  #send(length: number): void {
    this.#hooks.send(this.#output, length)
  }

  async #answer(request: Request, signal: AbortSignal): Promise<Answer> {
    const { opcode, unique } = request
    try {
      const operation = this.#operations[opcode]
      if (operation === undefined) throw new Errno(refusals[opcode] ?? 'ENOSYS')
      return await operation(request, signal)
    } catch (error) {
      const code = this.#codeOf(error)
      return { say: () => this.#reply.error(unique, code) }
    }
  }

  #codeOf(error: unknown): Code {
    const code =
      error instanceof Refusal
        ? codeOfStatus(error.status)
        : error instanceof Outside
          ? 'ELOOP'
          : codeOf(error)
    if (code === undefined) this.#hooks.log(String(error))
    return code ?? 'EIO'
  }

  readonly #operations: { readonly [opcode: number]: Operation } = {
    [Opcode.INIT]: async request => {
      const init = negotiate(request.body(InitIn), largestRead)
      // attributes come by lookups, each an open of its own
      const without = Init.DO_READDIRPLUS | Init.READDIRPLUS_AUTO
      const flags = ((init.flags ?? 0) & ~without) >>> 0
      return { say: () => this.#reply.init(request.unique, { ...init, flags }) }
    },
    [Opcode.LOOKUP]: async request => {
      const path = childOf(this.#names.get(request.nodeid), request.name())
      const attr = attrOf(await this.#program.lstat(path))
      return {
        say: () =>
          this.#reply.entry(request.unique, {
            nodeid: this.#names.add(path),
            attr,
            nameValid: 0,
            attrValid: 0,
          }),
      }
    },
    [Opcode.GETATTR]: async request => {
      const path = this.#names.get(request.nodeid)
      const attr = attrOf(await this.#program.lstat(path))
      return { say: () => this.#reply.attr(request.unique, attr, 0) }
    },
    [Opcode.READLINK]: async request => {
      const path = this.#names.get(request.nodeid)
      const target = targetOf(path, await this.#program.readlink(path))
      return { say: () => this.#reply.link(request.unique, target) }
    },
    [Opcode.ACCESS]: async request => {
      const isWriting = (request.body(AccessIn).mask & 2) !== 0
      if (isWriting) throw new Errno('EROFS')
      return this.#done(request)
    },
    [Opcode.STATFS]: async request => {
      const { total, free } = await this.#program.volume()
      const blocks = Math.floor(total / blockSize)
      const bfree = Math.floor(free / blockSize)
      return {
        say: () =>
          this.#reply.statfs(request.unique, {
            blocks,
            bfree,
            bavail: bfree,
            bsize: blockSize,
            frsize: blockSize,
            namelen: 255,
          }),
      }
    },

    [Opcode.OPEN]: async request => {
      const { flags } = request.body(OpenIn)
      const file = await this.#program.open(this.#names.get(request.nodeid), {
        access: accesses[flags & O_ACCMODE] ?? accesses[0],
        options: Option.synchronous | Option.nonDirectory,
        disposition: flags & O_TRUNC ? overwrite : open,
      })
      return {
        say: () => {
          this.#files.set(++this.#lastHandle, file)
          const how = Fopen.DIRECT_IO | Fopen.NOFLUSH
          return this.#reply.open(request.unique, this.#lastHandle, how)
        },
        undo: () => file.close(),
      }
    },
    [Opcode.READ]: async (request, signal) => {
      const { fh, offset, size } = request.body(ReadIn)
      const file = taken(this.#files, fh)
      const bytes = await file.read(
        Number(offset),
        Math.min(size, largestRead),
        signal,
      )
      return { say: () => this.#reply.bytes(request.unique, bytes) }
    },
    [Opcode.RELEASE]: async request => {
      const { fh } = request.body(ReleaseIn)
      const file = taken(this.#files, fh)
      this.#files.delete(fh)
      await file.close()
      return this.#done(request)
    },
    [Opcode.FLUSH]: async request => this.#done(request),

    [Opcode.OPENDIR]: async request => {
      const file = await this.#program.open(this.#names.get(request.nodeid), {
        access: listAccess,
        options: Option.synchronous | Option.directory,
      })
      return {
        say: () => {
          this.#directories.set(++this.#lastHandle, { file, names: [] })
          return this.#reply.open(request.unique, this.#lastHandle, 0)
        },
        undo: () => file.close(),
      }
    },
    [Opcode.READDIR]: async request => {
      const { fh, offset, size } = request.body(ReadIn)
      const directory = taken(this.#directories, fh)
      // from the start: as it is now
      if (offset === 0n) directory.names = await namesOf(directory.file)
      return {
        say: () => {
          this.#listing.start(size, false)
          for (const [at, name] of directory.names.entries())
            if (at >= offset && !this.#listing.add(name, at + 1)) break
          return this.#listing.finish(request.unique)
        },
      }
    },
    [Opcode.RELEASEDIR]: async request => {
      const { fh } = request.body(ReleaseIn)
      const { file } = taken(this.#directories, fh)
      this.#directories.delete(fh)
      await file.close()
      return this.#done(request)
    },
  }

  #done({ unique }: Request): Answer {
    return { say: () => this.#reply.done(unique) }
  }
}

const isDots = (name: string): boolean => name === '.' || name === '..'

/** The root of a volume lists neither `.` nor `..`; programs want both. */
const namesOf = async (file: OpenFile): Promise<readonly Name[]> => {
  const inode = file.opened.index
  const dots = ['.', '..'].map(name => ({ name, inode, format: 0o040000 }))
  const entries = await file.list()
  return [
    ...dots,
    ...entries
      .filter(({ name }) => !isDots(name))
      .map(entry => ({
        name: entry.name,
        inode: entry.index,
        format: formatOf(entry),
      })),
  ]
}
