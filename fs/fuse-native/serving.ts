import { Errno } from '../../provider/errno.ts'
import { unmount } from '../fuse/mount.ts'
import { mountAt, mounts } from '../fuse/mountinfo.ts'
import type { Filesystem } from '../filesystem.ts'
import type { Ending, Hooks, HostOptions } from '../host.ts'
import type { Opened } from '../openfile.ts'
import { handlersOf } from './handlers.ts'
import { Handles } from './handles.ts'
import { loadPackage } from './load.ts'
import { operationsOf } from './operations.ts'
import { optionsOf } from './options.ts'
import type { Fuse, Handlers } from './package.ts'
import { Waiting } from './waiting.ts'
import { watch } from './watch.ts'

const ids = (): { uid: number; gid: number } => ({
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
})

/** Mounts nothing yet. */
const newFuse = (
  point: string,
  handlers: Handlers,
  options: HostOptions,
): Fuse => {
  const Package = loadPackage()
  // `takeAway` does it; the package would have a program do it, later
  if (process.platform === 'linux') Package.unmount = (_, done) => done(null)
  return new (class extends Package {
    /** What `mount` gives libfuse: the package's own has not all of it. */
    _fuseOptions(): string {
      return optionsOf(options)
    }
  })(point, handlers, { timeout: false })
}

const unmountable = (point: string, { message }: Error): Errno =>
  new Errno(
    'EIO',
    `${point}: fuse-native cannot mount: ${message}` +
      (ids().uid === 0
        ? ''
        : '; for a user, libfuse needs fusermount: install the package fuse3'),
  )

/** One mount, in the thread that serves it. */
export class Serving {
  /** Reads that are answered later. */
  readonly waiting = new Waiting()
  readonly #point: string
  readonly #options: HostOptions
  readonly #files = new Handles<Opened>()
  #isOpen = true
  #isUp = false
  /** The mount's id (mountinfo), where there are such: macOS has none. */
  #id: number | undefined
  #ending: Ending | undefined
  #finish = (): void => {}

  /** `point`: an absolute path. */
  constructor(point: string, options: HostOptions) {
    this.#point = point
    this.#options = options
  }

  serve(filesystem: Filesystem, hooks: Hooks): Promise<Ending> {
    const caller = { ...ids(), tid: 0 }
    const operations = operationsOf(
      filesystem,
      caller,
      this.waiting,
      this.#files,
    )
    const handlers = handlersOf(operations, {
      isOpen: () => this.#isOpen,
      // names are counted by libfuse, which does not tell, and listings are
      // made whole, at once
      done: () =>
        hooks.idle({ nodes: 0, files: this.#files.size, directories: 0 }),
      log: hooks.log,
    })
    const fuse = newFuse(this.#point, handlers, this.#options)
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      this.#finish = () => {
        clearInterval(timer)
        fuse.unmount(() => resolve(this.#ending ?? 'stopped'))
      }
      fuse.mount(error => {
        if (error) return reject(unmountable(this.#point, error))
        this.#isUp = true
        this.#id = mountAt(mounts(), this.#point)?.id
        if (this.#ending) {
          this.takeAway()
          return this.#finish()
        }
        timer = watch(this.#point, () => {
          // it may be another's already
          this.#id = undefined
          this.end('unmounted')
        })
        hooks.ready()
      })
    })
  }

  /**
   * Takes the mount out of the tree, unless another is in its place by now;
   * whoever still asks is told so.
   */
  takeAway(): void {
    this.#isOpen = false
    if (this.#id === undefined) return
    if (mountAt(mounts(), this.#point)?.id === this.#id) unmount(this.#point)
  }

  /** Makes `serve` return, once it has begun. */
  end(ending: Ending): void {
    if (this.#ending) return
    this.#ending = ending
    this.#isOpen = false
    if (this.#isUp) this.#finish()
  }
}
