import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { taskDocuments } from '../../fs/document/index.ts'
import { open } from '../../provider/minidump/index.ts'
import { encodeAll } from '../../provider/text.ts'
import { largeDump } from '../fixtures/large.ts'

const view = { dialect: 'linux', paths: 'mixed' } as const

/** A dump on disk, open, whose maps can be made again and again. */
export interface Large {
  readonly regions: number
  readonly spans: number
  /** Walked, matched with its heaps, labelled, joined, printed; all anew. */
  maps(): Uint8Array
  close(): void
}

/** One of so many hundreds of regions (fixtures/large.ts). */
export const openLarge = (
  folder: string,
  hundreds: number,
  recorded = true,
): Large => {
  const file = join(
    folder,
    `${hundreds}-${recorded ? 'recorded' : 'built'}.dmp`,
  )
  writeFileSync(file, largeDump(hundreds, recorded))
  const system = open({ file, spans: true })
  const process = system.process(5000)
  const regions = [...process.regions()]
  return {
    regions: regions.length,
    spans: [...(process.spans?.(regions) ?? [])].length,
    maps: () => encodeAll(taskDocuments.maps(process, view, { trusted: true })),
    close: () => system.close?.(),
  }
}
