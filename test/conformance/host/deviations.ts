import type { HostName } from '../../../fs/index.ts'

/** Where we answer otherwise than the kernel's own /proc. */
interface Deviation {
  /** What the kernel says: where it says something else, so do we. */
  readonly kernel: string
  readonly ours: string
  readonly why: string
  readonly only?: HostName
}

/** By the names of test/rig/attempts.ts. */
const deviations: Readonly<Record<string, readonly Deviation[]>> = {
  'change an owner': [
    {
      kernel: 'ok',
      ours: 'EPERM',
      why: 'the kernel changes its inode until that is dropped; ours is none',
    },
  ],
  'change times': [
    {
      kernel: 'ok',
      ours: 'EPERM',
      why: 'the kernel changes its inode until that is dropped; ours is none',
    },
  ],
  'rename over a file': [
    {
      kernel: 'EPERM',
      ours: 'ENOENT',
      why: 'every rename is refused alike, as if the new name were not there',
    },
  ],
  'remove a thread’s directory': [
    {
      kernel: 'EACCES',
      ours: 'EPERM',
      why: 'that nobody may is said before whether this caller may',
    },
  ],
  'remove a process’s directory': [
    {
      kernel: 'EACCES',
      ours: 'EPERM',
      why: 'that nobody may is said before whether this caller may',
    },
  ],
  'create a nameless file': [
    {
      kernel: 'EPERM',
      ours: 'EOPNOTSUPP',
      why: 'libfuse 2.9 does not know the request',
      only: 'fuse-native',
    },
  ],
  'seek from the end': [
    {
      kernel: 'EINVAL',
      ours: '0',
      why: 'the kernel takes the size, 0, and does not ask a FUSE server',
    },
  ],
  'seek for data': [
    {
      kernel: 'EINVAL',
      ours: 'ENXIO',
      why: 'libfuse 2.9 does not know the request: the kernel goes by the size',
      only: 'fuse-native',
    },
  ],
  'seek for a hole': [
    {
      kernel: 'EINVAL',
      ours: 'ENXIO',
      why: 'libfuse 2.9 does not know the request: the kernel goes by the size',
      only: 'fuse-native',
    },
  ],
  'list extended attributes': [
    {
      kernel: '0',
      ours: 'EOPNOTSUPP',
      why: 'the package would tell of 128 bytes where there are none',
      only: 'fuse-native',
    },
  ],
}

/** What a host should say, given what the kernel says. */
export const expected = (
  host: HostName,
  attempt: string,
  kernel: string,
): string =>
  deviations[attempt]?.find(
    deviation =>
      deviation.kernel === kernel && (deviation.only ?? host) === host,
  )?.ours ?? kernel
