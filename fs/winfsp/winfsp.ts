import { library } from './library.ts'

/** Where a call takes or fills memory: the bytes of a typed array, or NULL. */
type Bytes = Uint8Array | null

/**
 * What is used here of WinFsp's DLL (inc/winfsp/winfsp.h, fsctl.h). Results
 * are NTSTATUS, below 0 for what failed.
 */
export interface Winfsp {
  /** u32: the release, `major << 16 | minor`. */
  FspVersion(version: Bytes): number
  /** Whether there is a driver, and the mount point, if any, can be had. */
  FspFileSystemPreflight(device: string, point: string | null): number
  /** FSP_FSCTL_VOLUME_PARAMS; its name, bytes of it; its HANDLE. */
  FspFsctlCreateVolume(
    device: string,
    params: Bytes,
    name: Bytes,
    nameSize: number,
    handle: Bytes,
  ): number
  /**
   * Sends responses, and waits for a request if there is room for one, whose
   * bytes (u64) are in and out. STATUS_CANCELLED: the volume is stopped.
   */
  FspFsctlTransact(
    volume: number,
    responses: Bytes,
    responsesSize: number,
    request: Bytes,
    requestSize: Bytes,
    batch: number,
  ): number
  /** Ends all waiting; what programs have lent stays where it is. */
  FspFsctlStop0(volume: number): number
  /** Ends the volume: what programs have lent is gone. */
  FspFsctlStop(volume: number): number
  /** FSP_MOUNT_DESC at this address. */
  FspMountSet(desc: bigint): number
  FspMountRemove(desc: bigint): number
}

/**
 * Kept for good: with the last of a library's functions koffi lets go of it,
 * and Windows unloads a DLL, with what it knows of its volumes, that no thread
 * holds.
 */
const loaded = new Map<string, Winfsp>()

/** A DLL by its path. */
export const winfsp = (dll: string): Winfsp => {
  const bound = loaded.get(dll) ?? bind(dll)
  loaded.set(dll, bound)
  return bound
}

const bind = (dll: string): Winfsp =>
  library<Winfsp>(dll, {
    FspVersion: ['int32', ['void *']],
    FspFileSystemPreflight: ['int32', ['str16', 'str16']],
    FspFsctlCreateVolume: [
      'int32',
      ['str16', 'void *', 'void *', 'size_t', 'void *'],
    ],
    FspFsctlTransact: [
      'int32',
      ['intptr', 'void *', 'size_t', 'void *', 'void *', 'uint8'],
    ],
    FspFsctlStop0: ['int32', ['intptr']],
    FspFsctlStop: ['int32', ['intptr']],
    FspMountSet: ['int32', ['uint64']],
    FspMountRemove: ['int32', ['uint64']],
  })
