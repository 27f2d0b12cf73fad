/**
 * The provider whose files are measured: all of it is at hand, so a walk costs
 * nothing, and what is measured is the text and its way to the reader.
 *
 *     proc/1/maps      text made from 60 regions at every open, by a walker
 *     proc/1/comm      the same bytes, finished, without a walker
 *     proc/2/cmdline   a few bytes by a walker
 *     proc/2/comm      a few bytes without a walker
 */
import { taskDocuments } from '../../fs/document/index.ts'
import type { Process, Region, System } from '../../provider/contract.ts'
import { Errno } from '../../provider/errno.ts'

const page = 4096

const names = [
  '/usr/bin/program',
  '/usr/lib/x86_64-linux-gnu/libc.so.6',
  '/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30',
  '/usr/lib/locale/locale-archive',
  undefined,
]

/** Like a program's: five mappings of each file, and some without a name. */
export const regions: readonly Region[] = Array.from(
  { length: 60 },
  (_, index): Region => {
    const start = 0x7f00_0000_0000 + index * 16 * page
    const name = names[Math.floor(index / 5) % names.length]
    return {
      start,
      end: start + (1 + (index % 8)) * page,
      base: start,
      state: 'commit',
      type: 'private',
      access: [1, 5, 1, 3, 0][index % 5] as number,
      ...(name && {
        name,
        offset: (index % 5) * page,
        major: 254,
        minor: 1,
        inode: 1000 + index,
      }),
    }
  },
)

const taskOf = (pid: number, texts: Partial<Process>): Process => ({
  pid,
  tid: pid,
  start: 1n,
  regions: () => regions,
  read: () => new Uint8Array(),
  owner: () => ({ uid: 0, gid: 0 }),
  tids: () => [pid],
  thread: () => {
    throw new Errno('ESRCH')
  },
  may: () => true,
  verify: () => {},
  close: () => {},
  ...texts,
})

/** What `maps` prints of them. */
export const text = [
  ...taskDocuments.maps(
    taskOf(1, {}),
    { dialect: 'linux', paths: 'mixed' },
    { trusted: true },
  ),
].join('')

const finished = text.trimEnd()

const processes = new Map([
  [1, taskOf(1, { comm: () => finished })],
  [2, taskOf(2, { comm: () => 'few', cmdline: () => 'few\n' })],
])

export const open = (): System => ({
  pids: () => [...processes.keys()],
  process: pid => {
    const found = processes.get(pid)
    if (!found) throw new Errno('ESRCH')
    return found
  },
  leader: tid => tid,
})
