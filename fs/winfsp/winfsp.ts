import { dll, type Imports } from '../../provider/dll.ts'

/**
 * What is called of WinFsp's DLL (inc/winfsp/winfsp.h, fsctl.h). Results are
 * NTSTATUS, below 0 for what failed.
 */
const table = {
  // out, u32: the release, `major << 16 | minor`
  FspVersion: ['int32', ['bytes']],
  // device, mount point: whether there is a driver, and the point can be had
  FspFileSystemPreflight: ['int32', ['wide', 'wide']],
  // device, FSP_FSCTL_VOLUME_PARAMS; out: its name, bytes of it; its HANDLE
  FspFsctlCreateVolume: ['int32', ['wide', 'bytes', 'bytes', 'size', 'bytes']],
  // volume, responses, bytes of them, request, bytes (u64) in and out, batch:
  // sends responses, and waits for a request if there is room for one.
  // STATUS_CANCELLED: the volume is stopped
  FspFsctlTransact: [
    'int32',
    ['handle', 'bytes', 'size', 'bytes', 'bytes', 'uint8'],
  ],
  // volume: ends all waiting; what programs have lent stays where it is
  FspFsctlStop0: ['int32', ['handle']],
  // volume: ends it; what programs have lent is gone
  FspFsctlStop: ['int32', ['handle']],
  // address of a FSP_MOUNT_DESC
  FspMountSet: ['int32', ['address']],
  FspMountRemove: ['int32', ['address']],
} as const

export type Winfsp = Imports<typeof table>

/** A DLL by its path. */
export const winfsp = (file: string): Winfsp => dll(file, table)
