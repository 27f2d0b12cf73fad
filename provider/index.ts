import { fileURLToPath } from 'node:url'
import type { Provider, ProviderOptions, System } from './contract.ts'

/** Providers by name; a platform's module is loaded when it is asked for. */
const providers = {
  linux: () => import('./linux/index.ts'),
  windows: () => import('./windows/index.ts'),
} as const satisfies Record<string, () => Promise<Provider>>

export type ProviderName = keyof typeof providers

export const providerNames = Object.keys(providers) as ProviderName[]

/** Whose own processes a provider shows, by node's name of the platform. */
const natives: { readonly [platform: string]: ProviderName } = {
  linux: 'linux',
  win32: 'windows',
}

/** The provider of such a machine's own processes, if there is one. */
export const nativeOf = (platform: string): ProviderName | undefined =>
  natives[platform]

/** Where facts come from, as plain data: each thread opens it for itself. */
export interface Source {
  /**
   * A provider's name, the `file:` URL of a crash dump (`.dmp`), or that of a
   * module that exports `open(options): System`; `dump:` before one says that
   * it is that of a crash dump, or of a folder of them, whatever its name.
   */
  readonly provider: string
  readonly options: ProviderOptions
}

const isName = (name: string): name is ProviderName =>
  Object.hasOwn(providers, name)

/** The `file:` URL of a source that is a crash dump, or a folder of them. */
export const dumpIn = (provider: string): string | undefined =>
  /^dump:(file:.*)$/.exec(provider)?.[1] ??
  /^file:.*\.dmp$/i.exec(provider)?.[0]

/** Opens a source in this thread. */
export const openSystem = async ({
  provider,
  options,
}: Source): Promise<System> => {
  const dump = dumpIn(provider)
  if (dump !== undefined) {
    const { open } = await import('./minidump/index.ts')
    return open({ ...options, file: fileURLToPath(dump) })
  }
  const module: Provider = isName(provider)
    ? await providers[provider]()
    : ((await import(provider)) as Provider)
  return module.open(options)
}
