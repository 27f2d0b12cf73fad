import { Access, type Span } from '../contract.ts'
import { ActivationContextData, ActivationContextMagic } from '../nt/actctx.ts'
import { structure } from '../nt/memory.ts'
import type { Named } from './pointers.ts'
import type { Side } from './target.ts'

/**
 * Activation contexts that a program made of its own (CreateActCtx), by their
 * first bytes: sections that are read-only, of no file and without a name yet.
 *
 * Approximation: it is the first region's access that is looked at, not the
 * AllocationProtect that the section was mapped with.
 */
export function* contexts(
  { allocations, read }: Side,
  named: Named,
): Generator<Span, void, undefined> {
  for (const { start, type, first } of allocations.all) {
    if (type !== 'mapped' || first.access !== Access.read) continue
    if ((first.name ?? '') !== '' || named.has(start)) continue
    const magic = structure(read, ActivationContextData, start)?.Magic
    if (magic === ActivationContextMagic)
      yield* named.at(start, 'activation context')
  }
}
