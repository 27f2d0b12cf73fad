/**
 * Regions of a dump that has no MemoryInfoList, put together from what else it
 * has: an approximation, which `notes` of the system and `status` tell.
 */
import { Access, type Region } from '../contract.ts'
import type { Module } from './modules.ts'

/** Pages of which something is known. */
interface Run {
  readonly start: number
  readonly end: number
  /** Where it started before others took some of it. */
  readonly base: number
  readonly type: Region['type']
  readonly access: number
  readonly name: string
}

/** `[start, end)`, in bytes. */
export type Extent = readonly [start: number, end: number]

const page = 4096

const down = (address: number): number => address - (address % page)
const up = (address: number): number => down(address + page - 1)

/** The end of what a run may cover: beyond it not every byte has a number. */
const last = down(Number.MAX_SAFE_INTEGER)

const runOf = (
  [start, end]: Extent,
  { type, access, name }: Pick<Run, 'type' | 'access' | 'name'>,
): Run => {
  const from = down(Math.min(start, last))
  const to = end > start ? up(Math.min(end, last)) : from
  return { start: from, end: to, base: from, type, access, name }
}

/** Ascending and disjoint: of those that overlap, the first has the pages. */
const apart = (runs: readonly Run[]): Run[] => {
  const kept: Run[] = []
  let before = 0
  for (const run of runs.toSorted((a, b) => a.start - b.start)) {
    const start = Math.max(run.start, before)
    if (run.end <= start) continue
    kept.push({ ...run, start })
    before = run.end
  }
  return kept
}

/** Those above, and of the ones below what none above covers; ascending. */
function* over(
  above: readonly Run[],
  below: Iterable<Run>,
): Generator<Run, void, undefined> {
  let at = 0
  let before = 0
  for (const run of below) {
    for (
      let next = above[at];
      next !== undefined && next.start < run.end;
      next = above[++at]
    ) {
      const start = Math.max(run.start, before)
      if (start < next.start) yield { ...run, start, end: next.start }
      yield next
      before = next.end
    }
    const start = Math.max(run.start, before)
    if (start < run.end) yield { ...run, start }
  }
  yield* above.slice(at)
}

/** Pages that ascending extents touch; those that meet are one run. */
function* pagesOf(extents: Iterable<Extent>): Generator<Run, void, undefined> {
  const known = { type: 'private', access: Access.read, name: '' } as const
  let run: Run | undefined
  for (const extent of extents) {
    const next = runOf(extent, known)
    if (run !== undefined && next.start <= run.end) {
      run = { ...run, end: Math.max(run.end, next.end) }
      continue
    }
    if (run !== undefined) yield run
    run = next
  }
  if (run !== undefined) yield run
}

/**
 * Modules, the stacks of threads, and all other pages of which the dump holds
 * bytes; of those that overlap, this is their order. What else the process had
 * is left out. All are said to be committed: images readable, for what their
 * sections are is not known; stacks readable and writable; the rest private and
 * readable, for it was read. Allocations are not known: each stands alone.
 * `memory` has to ascend, and is gone through lazily.
 */
export function* builtOf(
  modules: readonly Module[],
  stacks: readonly Extent[],
  memory: Iterable<Extent>,
): Generator<Region, void, undefined> {
  const { read, write } = Access
  const images = modules.map(({ base, end, name }) =>
    runOf([base, end], { type: 'image', access: read, name }),
  )
  const used = stacks.map(stack =>
    runOf(stack, { type: 'private', access: read | write, name: '' }),
  )
  const known = [...over(apart(images), apart(used))]
  for (const { start, end, base, type, access, name } of over(
    known,
    pagesOf(memory),
  ))
    yield name === ''
      ? { start, end, base, state: 'commit', type, access }
      : { start, end, base, state: 'commit', type, access, name }
}
