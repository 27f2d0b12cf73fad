import type { Test } from 'tap'
import { loadPackage } from '../../../fs/fuse-native/load.ts'
import type { HostName } from '../../../fs/index.ts'
import { missing, noFile, noLinux, noProgram } from '../../rig/need.ts'
import { outcomeOf } from '../../rig/outcome.ts'
import {
  providerOf,
  serve,
  type Server,
  type Setting,
} from '../../rig/server.ts'

/** A host, and what it cannot do. */
export interface Kind {
  readonly name: HostName
  /** Knows who calls: `self` and what depends on it, and allow_other. */
  readonly caller: boolean
  /** Is told when a reader no longer waits. */
  readonly interrupts: boolean
}

/** What the cases of a suite work with. */
export interface Bench {
  readonly t: Test
  readonly kind: Kind
  readonly needs: ReturnType<typeof missing>
  /** Over this machine, mounted once for all cases. */
  live(): Promise<Server>
  /** Over the fixture of literals, also once for all. */
  fixed(): Promise<Server>
  /** A mount of its own for one case. */
  serve(t: Test, setting?: Omit<Setting, 'host'>): Promise<Server>
}

/** Whether the package that a host is made of can be used here. */
const noPackage = (name: HostName): string | false =>
  name === 'fuse-native' && outcomeOf(() => loadPackage()) === 'ENODEV'
    ? 'needs fuse-native'
    : false

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => (made ??= make())
}

export const benchOf = (t: Test, kind: Kind): Bench => {
  const host = kind.name
  const provider = providerOf('stamped')
  return {
    t,
    kind,
    needs: missing(
      noLinux,
      noFile('/dev/fuse'),
      process.getuid?.() !== 0 && noProgram('fusermount3'),
      noPackage(host),
    ),
    live: once(() => serve(t, { host })),
    fixed: once(() => serve(t, { host, provider })),
    serve: (t, setting) => serve(t, { ...setting, host }),
  }
}
