import {
  MINIDUMP_UNLOADED_MODULE,
  MINIDUMP_UNLOADED_MODULE_LIST,
} from '../nt/minidumpprocess.ts'
import type { Dump } from './directory.ts'
import { headOf, sizedListOf } from './list.ts'
import { moduleBound, type Module } from './modules.ts'
import { each } from './source.ts'
import { stringsOf } from './strings.ts'

/**
 * Modules that were there before the dump was made, in its order (dbghelp's:
 * the last one first), and most without a folder; none where the stream is not
 * there. Their places may be others' by now.
 */
export const unloadedOf = (dump: Dump): Module[] => {
  if (!dump.places.has('UnloadedModuleList')) return []
  const { source } = dump
  const nameAt = stringsOf(source, 'UnloadedModuleList')
  const list = sizedListOf(
    dump,
    'UnloadedModuleList',
    MINIDUMP_UNLOADED_MODULE_LIST,
    headOf,
    MINIDUMP_UNLOADED_MODULE,
    moduleBound,
  )
  const modules: Module[] = []
  for (const entry of each(source, MINIDUMP_UNLOADED_MODULE, list)) {
    const base = entry.BaseOfImage
    const name = nameAt(entry.ModuleNameRva)
    modules.push({ base, end: base + entry.SizeOfImage, name })
  }
  return modules
}
