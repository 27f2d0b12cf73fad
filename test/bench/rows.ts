import { text } from './provider.ts'
import type { KindName } from './servers.ts'

/** One file of one server, measured by itself. */
export interface Row {
  readonly name: string
  readonly server: KindName
  /** Below the mount point. */
  readonly path: string
  /** What a reader must get, each time; undefined where that varies. */
  readonly bytes?: number
  /** Whether the run sets for how long names are cached. */
  readonly caches: boolean
}

const maps = 'proc/1/maps'

/** What all others are compared with. */
export const baseline = 'C libfuse3, finished'

const bytes = text.length

// prettier-ignore
export const rows: readonly Row[] = [
  { name: 'fuse, finished',        server: 'bytes',  path: maps,             bytes, caches: true },
  { name: 'fuse, made at once',    server: 'fuse',   path: 'proc/1/comm',    bytes, caches: true },
  { name: 'fuse, 60 regions',      server: 'fuse',   path: maps,             bytes, caches: true },
  { name: 'fuse-native, at once',  server: 'native', path: 'proc/1/comm',    bytes, caches: true },
  { name: 'fuse-native, 60 reg.',  server: 'native', path: maps,             bytes, caches: true },
  { name: baseline,                server: 'hello',  path: maps,             bytes, caches: true },
  { name: 'fuse, few bytes',       server: 'fuse',   path: 'proc/2/comm',    bytes: 4, caches: true },
  { name: 'fuse, few, a walker',   server: 'fuse',   path: 'proc/2/cmdline', bytes: 4, caches: true },
  { name: 'lxcfs meminfo',         server: 'lxcfs',  path: 'proc/meminfo',   caches: false },
  { name: 'kernel maps',           server: 'kernel', path: `proc/${process.pid}/maps`, caches: false },
]
