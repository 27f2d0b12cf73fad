import { Filesystem } from '../fs/filesystem.ts'
import type { View } from '../fs/document/document.ts'
import { render } from '../fs/render.ts'
import type { Caller } from '../provider/contract.ts'
import { openSystem, type Source } from '../provider/index.ts'

/** The tree without a mount: every text is made at once, in this thread. */
export const openInline = async (
  source: Source,
  view: View,
): Promise<Filesystem> => {
  const system = await openSystem(source)
  return new Filesystem(
    system,
    { render: job => render(system, view, job), cancel: () => false },
    view.paths,
  )
}

/**
 * This process, by its effective ids. Where there are none (Windows), the
 * superuser: the system itself refuses what this user may not see.
 */
export const caller: Caller = {
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
  tid: process.pid,
}
