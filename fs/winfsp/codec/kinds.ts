/**
 * What a request asks for: the Kind of a FSP_FSCTL_TRANSACT_REQ (WinFsp
 * inc/winfsp/fsctl.h, v1.5 to v2.2). Names are the header's less
 * `FspFsctlTransact` and `Kind`.
 */
export const Kind = {
  Create: 1,
  Overwrite: 2,
  /** The handle's last reference by a program is gone. */
  Cleanup: 3,
  /** The handle is. */
  Close: 4,
  Read: 5,
  Write: 6,
  QueryInformation: 7,
  SetInformation: 8,
  QueryEa: 9,
  SetEa: 10,
  FlushBuffers: 11,
  QueryVolumeInformation: 12,
  SetVolumeInformation: 13,
  QueryDirectory: 14,
  FileSystemControl: 15,
  DeviceControl: 16,
  Shutdown: 17,
  LockControl: 18,
  QuerySecurity: 19,
  SetSecurity: 20,
  QueryStreamInformation: 21,
} as const

export type KindName = keyof typeof Kind
