import { structure, type Read, type Width } from '../nt/memory.ts'
import { Teb } from '../nt/teb.ts'
import type { Face } from './target.ts'

/** The TEB of this width at an address, if it knows itself. */
const tebAt = (read: Read, width: Width, at: number) => {
  const teb = structure(read, Teb[width], at)
  return teb?.Self === at ? teb : undefined
}

/** The 32-bit TEB of a WoW64 thread, whose 64-bit one points to it. */
export const teb32Of = (read: Read, teb: number): number | undefined => {
  const teb32 = structure(read, Teb[8], teb)?.ExceptionList
  return teb32 !== undefined && tebAt(read, 4, teb32) ? teb32 : undefined
}

/**
 * The PEBs of a process, from its threads' TEBs alone: of its own width, which
 * a TEB tells by where it knows itself; and the 32-bit one of WoW64. The first
 * thread that has each tells it; where none does, a face of the `usual` width
 * without a PEB.
 */
export const facesOf = (
  read: Read,
  tebs: readonly number[],
  usual: Width,
): Face[] => {
  const pebIn = (width: Width, at: number | undefined): number | undefined =>
    at === undefined
      ? undefined
      : tebAt(read, width, at)?.ProcessEnvironmentBlock
  const first = (tell: (teb: number) => number | undefined) => {
    for (const teb of tebs) {
      const peb = tell(teb)
      if (peb !== undefined) return peb
    }
    return undefined
  }
  const wide = first(teb => pebIn(8, teb))
  const narrow = first(teb =>
    pebIn(4, wide === undefined ? teb : teb32Of(read, teb)),
  )
  const faces: Face[] = []
  if (wide !== undefined) faces.push({ peb: wide, width: 8 })
  if (narrow !== undefined) faces.push({ peb: narrow, width: 4 })
  return faces.length === 0 ? [{ peb: 0, width: usual }] : faces
}
