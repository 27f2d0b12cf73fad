import { open } from '../../../provider/minidump/index.ts'
import { eraOf } from '../../fixtures/winheaps.ts'
import { realDumps } from '../dumps.ts'
import type { Walk } from '../repeated.ts'
import { processOf } from '../document.ts'
import { debugged } from './debugged.ts'
import { capturedLines } from './texts.ts'
import { rowsOf } from './windbg.ts'

const walkOf = (task: ReturnType<typeof processOf>): Walk => {
  const regions = [...task.regions()]
  return { regions, spans: [...(task.spans?.(regions) ?? [])] }
}

/** Of a dump that has a list of regions. */
const ofDump = (file: string): Walk[] => {
  const system = open({ file, spans: true })
  try {
    return system.pids().map(pid => walkOf(system.process(pid)))
  } finally {
    system.close?.()
  }
}

/** Recorded address spaces: the debugger's listing, and two dumps. */
export const recordedWalks = (): Walk[] => {
  const rows = rowsOf(capturedLines('windbg-address-x64-win10-mayhem.txt'))
  const facts = debugged(rows, eraOf('Windows 10 x64'))
  return [
    walkOf(processOf(facts)),
    ...realDumps.filter(file => /fullmem|crashpad/.test(file)).flatMap(ofDump),
  ]
}
