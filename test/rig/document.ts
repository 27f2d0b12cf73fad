import {
  systemDocuments,
  taskDocuments,
  type SystemDocumentName,
  type TaskDocumentName,
} from '../../fs/document/index.ts'
import type { View } from '../../fs/document/document.ts'
import type { Process } from '../../provider/contract.ts'
import type { ProcessFacts, SystemFacts } from '../fixtures/facts.ts'
import { system } from '../fixtures/provider.ts'

/** An open process of these facts, alone in its system. */
export const processOf = (facts: Partial<ProcessFacts>): Process =>
  system({ processes: [{ pid: 1, ...facts }] }).process(facts.pid ?? 1)

/** What a document says of a process of these facts. */
export const print = (
  name: TaskDocumentName,
  facts: Partial<ProcessFacts>,
  view: Partial<View> = {},
  trusted = true,
): string =>
  [
    ...taskDocuments[name](
      processOf(facts),
      { dialect: 'linux', paths: 'mixed', ...view },
      { trusted },
    ),
  ].join('')

/** What a document says of a machine of these facts. */
export const printSystem = (
  name: SystemDocumentName,
  facts: SystemFacts,
): string =>
  [
    ...systemDocuments[name](system(facts), {
      dialect: 'linux',
      paths: 'mixed',
    }),
  ].join('')
