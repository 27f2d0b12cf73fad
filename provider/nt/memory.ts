/**
 * Typed reads of a target's memory. What is there was written by the target:
 * a read that is not whole gives `undefined`, and no length comes from there.
 */
import { n64, u32, type Layout, type Type, type View } from './layout.ts'

/** The bytes that are there: short or empty, never an error for a hole. */
export type Read = (address: number, length: number) => Uint8Array

/** Bytes of a pointer: of a 32-bit, of a 64-bit program. */
export type Width = 4 | 8

export type ByWidth<T> = { readonly [width in Width]: T }

/** A structure whose fields, so named, are all Numbers. */
export type Numbers<Name extends string> = Layout<{
  readonly [name in Name]: readonly [number, Type<number>]
}>

/** A pointer; above 2^53 it is no user address, and is rounded. */
export const pointers: ByWidth<Type<number>> = { 4: u32, 8: n64 }

/** As `DataView`s need it. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A structure at an address, or undefined when it is not all there. */
export const structure = <F>(
  read: Read,
  layout: Layout<F>,
  address: number,
): View<F> | undefined => {
  const bytes = read(address, layout.size)
  return bytes.length < layout.size ? undefined : layout.view(viewOf(bytes))
}

/** The pointers of an array, at most `count`: those that are there. */
export const pointersAt = (
  read: Read,
  width: Width,
  address: number,
  count: number,
): number[] => {
  const view = viewOf(read(address, count * width))
  const { get } = pointers[width]
  return Array.from({ length: Math.floor(view.byteLength / width) }, (_, at) =>
    get(view, at * width),
  )
}

/** A layout, and the first build of Windows that has it. */
export interface Since<L> {
  readonly since: number
  readonly layout: L
}

/** Of rows by ascending build, the newest that is not newer than `build`. */
export const layoutOf = <L>(
  rows: readonly Since<L>[],
  build: number,
): L | undefined => rows.findLast(({ since }) => since <= build)?.layout
