import koffi from 'koffi'

type Bytes = Uint8Array | Uint32Array | BigInt64Array | BigUint64Array | null

export interface Shared {
  readonly dll: string
  /** The volume's handle. */
  readonly volume: number
}

/** What winfsp-x64.dll exports, as far as a loop of one's own needs it. */
export const signatures = {
  FspVersion: ['int32', ['void *']],
  FspFsctlServiceVersion: ['int32', ['void *']],
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
  FspMountSet: ['int32', ['void *']],
  FspMountRemove: ['int32', ['void *']],
} as const

export interface Functions {
  FspVersion(version: Uint32Array): number
  FspFileSystemPreflight(device: string, point: string): number
  FspFsctlCreateVolume(
    device: string,
    params: Uint8Array,
    name: bigint,
    nameSize: number,
    handle: BigInt64Array,
  ): number
  FspFsctlTransact(
    volume: number,
    response: Bytes,
    responseSize: number,
    request: Bytes,
    requestSize: Bytes,
    batch: number,
  ): number
  FspFsctlStop0(volume: number): number
  FspFsctlStop(volume: number): number
  FspMountSet(desc: bigint): number
  FspMountRemove(desc: bigint): number
}

export const functions = (dll: string): Functions => {
  const library = koffi.load(dll)
  return Object.fromEntries(
    Object.entries(signatures).map(([name, [result, parameters]]) => [
      name,
      library.func(name, result, [...parameters]) as unknown,
    ]),
  ) as unknown as Functions
}
