/**
 * Structures as tables of offsets.
 *
 *     export const Header = layout(0x10, {
 *       Signature: [0x00, u32], // 'MDMP'
 *       Time:      [0x08, u64], // FILETIME
 *     })
 *     const header = Header.view(dataview, at)
 *     header.Signature
 *
 * Fields are little-endian, read or written when touched and nothing is
 * copied. A view can be moved (`header.at = …`), so one view serves a loop
 * without allocation. What lies outside the DataView throws RangeError, as
 * DataView does: the caller bounds it first.
 */
export interface Type<T> {
  get(view: DataView, at: number): T
  set(view: DataView, at: number, value: T): void
}

export const u8: Type<number> = {
  get: (view, at) => view.getUint8(at),
  set: (view, at, value) => view.setUint8(at, value),
}

export const u16: Type<number> = {
  get: (view, at) => view.getUint16(at, true),
  set: (view, at, value) => view.setUint16(at, value, true),
}

export const u32: Type<number> = {
  get: (view, at) => view.getUint32(at, true),
  set: (view, at, value) => view.setUint32(at, value, true),
}

export const i32: Type<number> = {
  get: (view, at) => view.getInt32(at, true),
  set: (view, at, value) => view.setInt32(at, value, true),
}

/** All 64 bits. */
export const u64: Type<bigint> = {
  get: (view, at) => view.getBigUint64(at, true),
  set: (view, at, value) => view.setBigUint64(at, value, true),
}

/**
 * 64 bits as a Number: exact below 2^53 and for page-aligned addresses, for
 * sizes, offsets and counters; rounded elsewhere. Ids need {@link u64}.
 */
export const n64: Type<number> = {
  get: (view, at) =>
    view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true),
  set: (view, at, value) => {
    view.setUint32(at, value % 0x1_0000_0000, true)
    view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true)
  },
}

type Fields = { readonly [name: string]: readonly [number, Type<never>] }
type Values<F> = {
  -readonly [name in keyof F]: F[name] extends readonly [number, Type<infer T>]
    ? T
    : never
}

export type View<F> = Values<F> & { view: DataView; at: number }

export interface Layout<F> {
  /** Bytes. */
  readonly size: number
  readonly fields: F
  view(view: DataView, at?: number): View<F>
}

export const layout = <
  const F extends Readonly<Record<string, readonly [number, unknown]>>,
>(
  size: number,
  fields: F,
): Layout<F> => {
  class Cursor {
    view: DataView
    at: number
    constructor(view: DataView, at: number) {
      this.view = view
      this.at = at
    }
  }
  for (const [name, [offset, type]] of Object.entries(fields as Fields)) {
    const { get, set } = type as Type<unknown>
    Object.defineProperty(Cursor.prototype, name, {
      get(this: Cursor) {
        return get(this.view, this.at + offset)
      },
      set(this: Cursor, value: unknown) {
        set(this.view, this.at + offset, value)
      },
    })
  }
  return {
    size,
    fields,
    view: (view, at = 0) => new Cursor(view, at) as unknown as View<F>,
  }
}
