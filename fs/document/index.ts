import { auxv } from './auxv.ts'
import { cmdline } from './cmdline.ts'
import { comm } from './comm.ts'
import { crash } from './crash.ts'
import type { SystemDocument, TaskDocument } from './document.ts'
import { environ } from './environ.ts'
import { fdinfo } from './fdinfo.ts'
import { filesystems } from './filesystems.ts'
import { kernelStat } from './kernelstat.ts'
import { maps } from './maps.ts'
import { mounts } from './mounts.ts'
import { smaps } from './smaps.ts'
import { stat } from './stat.ts'
import { statm } from './statm.ts'
import { status } from './status.ts'
import { uptime } from './uptime.ts'
import { version } from './version.ts'

const ofTask = {
  auxv,
  cmdline,
  comm,
  crash,
  environ,
  fdinfo,
  maps,
  mounts,
  smaps,
  stat,
  statm,
  status,
} satisfies Record<string, TaskDocument>

const ofSystem = {
  filesystems,
  kernelStat,
  uptime,
  version,
} satisfies Record<string, SystemDocument>

export type TaskDocumentName = keyof typeof ofTask
export type SystemDocumentName = keyof typeof ofSystem
export type DocumentName = TaskDocumentName | SystemDocumentName

/** Those whose text depends on who reads it, see Reader. */
export const discerning: ReadonlySet<DocumentName> = new Set(['stat'])

/** Documents of a process or a thread, by the name of their file. */
export const taskDocuments: Readonly<Record<TaskDocumentName, TaskDocument>> =
  ofTask

/** Documents of the machine, likewise; `stat` is kernelStat. */
export const systemDocuments: Readonly<
  Record<SystemDocumentName, SystemDocument>
> = ofSystem
