import type { Host } from './host.ts'

/** Hosts by name; a host's module is loaded when it is asked for. */
const hosts = {
  fuse: async () => (await import('./fuse/host.ts')).fuse,
  'fuse-native': async () => (await import('./fuse-native/host.ts')).fuseNative,
  winfsp: async () => (await import('./winfsp/host.ts')).winfspHost,
} as const

export type HostName = keyof typeof hosts

export const hostNames = Object.keys(hosts) as HostName[]

/** The host of that name; what its package throws when it does not load. */
export const hostOf = async (name: HostName): Promise<Host> =>
  (await hosts[name]()) as Host
