/** What suites in Node for Windows look at processes with. */
import { taskDocuments } from '../../../fs/document/index.ts'
import type { Task } from '../../../provider/contract.ts'
import { ntdll } from '../../../provider/windows/ntdll.ts'

const view = { dialect: 'linux', paths: 'mixed' } as const

/** The text of its maps, made anew. */
export const mapsOf = (task: Task): string =>
  [...taskDocuments.maps(task, view, { trusted: true })].join('')

/** HANDLEs of this process, as the kernel counts them. */
export const handles = (): number => {
  const count = new Uint8Array(4)
  ntdll.NtQueryInformationProcess(-1, 20, count, 4, null)
  return new DataView(count.buffer).getUint32(0, true)
}

/** What the suite on the other side says in the environment. */
export const given = (name: string): string => {
  const value = process.env[`WINPROCFS_${name}`]
  if (value === undefined) throw new Error(`no WINPROCFS_${name}`)
  return value
}
