import type { Check } from './check.ts'
import { windowsChecks } from './windows/checks.ts'

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''

const codeOf = (error: unknown): string =>
  String((error as { code?: unknown } | undefined)?.code)

/** The oldest node that package.json admits. */
const oldest = [20, 19] as const

const isOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1])
}

/** CAP_SYS_ADMIN (include/uapi/linux/capability.h). */
const capSysAdmin = 1n << 21n

/** Whether this process has the capability, by its own status. */
const mayMount = (status: string): boolean => {
  const set = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
  return (BigInt(`0x${set}`) & capSysAdmin) !== 0n
}

/** As a shell takes it for one word. */
const quoted = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

const S_ISUID = 0o4000

const container = 'start the container with'

/** What keeps /dev/fuse from being opened, by error code. */
const deviceRemedies: Record<string, string> = {
  ENOENT: `modprobe fuse; ${container} --device /dev/fuse`,
  ENXIO: 'modprobe fuse',
  ENODEV: 'modprobe fuse',
  EPERM: `${container} --device /dev/fuse`,
  EACCES: 'run as root, or chmod 666 /dev/fuse',
}

/** In the order in which things are needed. */
export const checks: readonly Check[] = [
  {
    name: 'node',
    on: 'any',
    find: ({ version }) =>
      isOld(version)
        ? {
            ok: false,
            detail: `${version} is too old`,
            remedy: `install Node ${oldest.join('.')} or later`,
          }
        : { ok: true, detail: version },
  },
  {
    name: 'koffi',
    on: 'any',
    find: ({ load, platform, arch }) => {
      try {
        const { version } = load('koffi') as { version?: string }
        return { ok: true, detail: version ?? 'loads' }
      } catch (error) {
        return {
          ok: false,
          detail: `does not load on ${platform} ${arch}: ${messageOf(error)}`,
          remedy: 'npm install koffi',
        }
      }
    },
  },
  {
    name: 'mount',
    on: ['darwin'],
    find: () => ({
      ok: false,
      detail: 'this version mounts on Linux and Windows only',
    }),
  },
  ...windowsChecks,
  {
    name: '/proc',
    on: ['linux'],
    find: ({ read }) => {
      try {
        read('/proc/self/maps')
        return { ok: true, detail: "the kernel's own can be read" }
      } catch (error) {
        return {
          ok: false,
          detail: messageOf(error),
          remedy: 'mount -t proc proc /proc',
        }
      }
    },
  },
  {
    name: '/dev/fuse',
    on: ['linux'],
    find: ({ open }) => {
      try {
        open('/dev/fuse')
        return { ok: true, detail: 'can be opened' }
      } catch (error) {
        const remedy = deviceRemedies[codeOf(error)]
        const detail = messageOf(error)
        return { ok: false, detail, ...(remedy && { remedy }) }
      }
    },
  },
  {
    name: 'CAP_SYS_ADMIN',
    on: ['linux'],
    find: ({ uid, read }) => {
      if (uid !== 0) return undefined
      return mayMount(read('/proc/self/status'))
        ? { ok: true, detail: 'root may mount' }
        : {
            ok: false,
            detail: 'root may not mount here',
            remedy: `${container} --cap-add SYS_ADMIN`,
          }
    },
  },
  {
    name: 'fusermount3',
    on: ['linux'],
    find: ({ uid, which, stat }) => {
      const lacking = uid === 0 ? 'optional' : false
      const path = which('fusermount3') ?? which('fusermount')
      if (path === undefined) {
        return {
          ok: lacking,
          detail: 'not installed; users other than root mount through it',
          remedy: 'install the package fuse3',
        }
      }
      const { mode, uid: owner } = stat(path)
      return mode & S_ISUID && owner === 0
        ? { ok: true, detail: path }
        : {
            ok: lacking,
            detail: `${path} is not setuid root`,
            remedy: 'install the package fuse3 anew',
          }
    },
  },
  {
    name: 'fuse-native',
    on: ['linux'],
    find: (_, { loadFuseNative }) => {
      try {
        loadFuseNative()
        return { ok: true, detail: 'loads' }
      } catch (error) {
        return {
          ok: 'optional',
          detail: `${messageOf(error)} (only --host fuse-native uses it)`,
        }
      }
    },
  },
  {
    name: 'stale mounts',
    on: ['linux'],
    find: (_, { stale }) => {
      const points = stale()
      return points.length === 0
        ? { ok: true, detail: 'none' }
        : {
            ok: false,
            detail: `the server is gone of ${points.join(', ')}`,
            remedy: points
              .map(point => `winprocfs unmount ${quoted(point)}`)
              .join('; '),
          }
    },
  },
]
