import koffi from 'koffi'

/** What a DLL's functions are called with: koffi's prototypes, by name. */
export type Prototypes<Functions> = {
  readonly [name in keyof Functions]: readonly [
    result: string,
    parameters: readonly string[],
  ]
}

/**
 * The functions of a DLL, each looked for when it is first called, so that
 * this can be imported on any system. Each thread binds its own.
 */
export const library = <Functions>(
  file: string,
  prototypes: Prototypes<Functions>,
): Functions => {
  const bound = {}
  for (const name of Object.keys(prototypes)) {
    const [result, parameters] = prototypes[name as keyof Functions]
    Object.defineProperty(bound, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value: unknown = koffi
          .load(file)
          .func(name, result, [...parameters])
        Object.defineProperty(bound, name, { value, enumerable: true })
        return value
      },
    })
  }
  return bound as Functions
}

/** Memory that stays where it is until the process ends; its address. */
export const lasting = (bytes: Uint8Array): bigint => {
  const address = koffi.alloc('uint8', bytes.length) as bigint
  new Uint8Array(koffi.view(address, bytes.length)).set(bytes)
  return address
}
