/** What the kernel's names leave untold: heaps and stacks. */
import { readdirSync } from 'node:fs'
import type { Region, Span } from '../contract.ts'
import { codeOf } from '../errno.ts'
import { findArenas } from './arenas.ts'
import { opened, readOnce } from './file.ts'
import { readMemory } from './memory.ts'
import { canonical } from './names.ts'
import { findStacks, stackPointer } from './stacks.ts'
import { statusField } from './status.ts'

/** Threads whose stack is looked for. */
const MaxThreads = 4096

/** Looks at a thread that runs, which has no stack pointer to tell. */
const looks = 3

/** What may come of a look at a task that ends, or that is not ours to see. */
const untold = new Set(['EACCES', 'EPERM', 'ENOENT', 'ESRCH'])

const unless = <T>(look: () => T, otherwise: T): T => {
  try {
    return look()
  } catch (thrown) {
    if (untold.has(codeOf(thrown) ?? '')) return otherwise
    throw thrown
  }
}

const field = (path: string, key: string): string =>
  opened(`${path}/status`, fd => statusField(readOnce(fd), key) ?? '')

const look = (path: string): number | undefined =>
  opened(`${path}/syscall`, fd => {
    for (let each = 0; each < looks; each++) {
      const pointer = stackPointer(readOnce(fd).toString('latin1'))
      if (pointer !== undefined) return pointer
    }
    return undefined
  })

/** Every thread but the first, whose stack is the kernel's `[stack]`. */
const pointers = function* (path: string): Iterable<readonly [number, number]> {
  const leader = field(path, 'Tgid')
  const names = readdirSync(`${path}/task`).filter(canonical)
  for (const name of names.slice(0, MaxThreads)) {
    if (name === leader) continue
    const pointer = unless(() => look(`${path}/task/${name}`), undefined)
    if (pointer !== undefined) yield [Number(name), pointer]
  }
}

/**
 * Spans of kind `arena` and `stack` of the process whose directory is `path`.
 * What may not be looked at, or goes meanwhile, costs its label and is no
 * error. A thread that runs at each of a few looks gets none: the kernel tells
 * the stack pointer of one that waits only. Neither is a thread found that is
 * beyond the first 4096.
 */
export const findSpans = (path: string, regions: readonly Region[]): Span[] => {
  const arenas = unless(
    () =>
      opened(`${path}/mem`, fd =>
        findArenas(regions, (at, length) => readMemory(fd, at, length)),
      ),
    [],
  )
  return [
    ...arenas,
    ...findStacks(
      regions,
      unless(() => [...pointers(path)], []),
    ),
  ]
}
