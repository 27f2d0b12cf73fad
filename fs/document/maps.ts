import type { Task } from '../../provider/contract.ts'
import { printPath } from '../../provider/space/paths.ts'
import { space } from '../../provider/space/space.ts'
import { dialects } from './dialects.ts'
import type { View } from './document.ts'
import { mapsName } from './escape.ts'

/**
 * One line per region (fs/proc/task_mmu.c:show_map_vma, or Cygwin's
 * format_process_maps). A newline in a name is `\012`, in Cygwin's dialect as
 * well, where Cygwin itself would let it break the line.
 */
export function* maps(task: Task, view: View): Generator<string> {
  const { characters, line } = dialects[view.dialect]
  // regions of one file follow each other: its name is made once
  let name: string | undefined = ''
  let printed = ''
  for (const region of space(task, view.dialect, characters)) {
    if (region.name !== name) {
      name = region.name
      printed = mapsName(printPath(name ?? '', view.paths))
    }
    yield line(region, printed)
  }
}
