/**
 * A live Windows: what its kernel tells of processes, and what is in their
 * memory. Nothing is written, suspended or run in one.
 */
import type { ProviderOptions, System } from '../contract.ts'
import { Errno } from '../errno.ts'
import { DeviceTable } from './devices.ts'
import { Files } from './files.ts'
import { ntdll } from './ntdll.ts'
import { Snapshots } from './snapshot.ts'
import { WindowsSystem } from './system.ts'

const SeDebugPrivilege = 20

/**
 * Of a 64-bit program only: what a 32-bit one is told has other layouts, and
 * leaves out half of the system. ENODEV there.
 *
 * SeDebugPrivilege is turned on if we have it, and stays so: with it processes
 * of other users and of the system can be read.
 */
export const open = ({ spans }: ProviderOptions): System => {
  if (!['x64', 'arm64'].includes(process.arch))
    throw new Errno('ENODEV', `needs a 64-bit Node, not ${process.arch}`)
  // who has it not does without
  ntdll.RtlAdjustPrivilege(SeDebugPrivilege, 1, 0, new Uint8Array(8))
  const devices = new DeviceTable()
  const machine = {
    ntdll,
    snapshots: new Snapshots(),
    fileAt: new Files({ devices }).at,
    pathOf: (ntPath: string) => devices.pathOf(ntPath),
  }
  return new WindowsSystem(machine, spans)
}
