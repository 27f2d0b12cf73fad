import { keys, recorded } from './windows/names.ts'
import { perform } from './windows/perform.ts'
import {
  planInstall,
  planUninstall,
  type InstallOptions,
  type Step,
} from './windows/plan.ts'
import { Refusal } from './windows/refusal.ts'
import type { Program } from './windows/service.ts'
import { thisWindows, type Windows } from './windows/system.ts'

export type { InstallOptions } from './windows/plan.ts'
export type { Program } from './windows/service.ts'
export { Refusal } from './windows/refusal.ts'

/** What is about to be done. */
export interface Work {
  /** For people, one a line; none where nothing is to be done. */
  readonly lines: readonly string[]
  /** Does it; yields whether Windows has to be restarted. Throws Refusal. */
  run(tell: (line: string) => void): boolean
}

const workOf = (steps: readonly Step[], windows: Windows): Work => ({
  lines: steps.flatMap(({ told }) => told ?? []),
  run: tell => perform(steps, windows, tell),
})

const admit = (platform: NodeJS.Platform, windows: Windows): void => {
  if (platform !== 'win32') throw new Refusal('this is for Windows alone')
  if (!windows.isElevated())
    throw new Refusal(
      'needs an administrator: open a terminal with "Run as administrator"',
    )
}

/** What it takes to have this program at hand as a drive. Throws Refusal. */
export const install = (
  program: Program,
  options: InstallOptions,
  platform: NodeJS.Platform = process.platform,
  windows: Windows = thisWindows,
): Work => {
  admit(platform, windows)
  if (
    options.msi !== undefined &&
    !(/\.msi$/i.test(options.msi) && windows.exists(options.msi))
  )
    throw new Refusal(`${options.msi} is no .msi file that is there`)
  const present = {
    winfsp: windows.value(keys.winfsp, 'InstallDir') !== undefined,
    ours: windows.value(keys.record, recorded.product) !== undefined,
    program,
    user: windows.user(),
    guarded: windows.guarded(),
  }
  return workOf(planInstall(present, options), windows)
}

/** The way back, of what {@link install} put there. Throws Refusal. */
export const uninstall = (
  keepWinfsp: boolean,
  platform: NodeJS.Platform = process.platform,
  windows: Windows = thisWindows,
): Work => {
  admit(platform, windows)
  const text = (key: string, name: string): string | undefined => {
    const value = windows.value(key, name)
    return typeof value === 'string' ? value : undefined
  }
  const left = {
    service: text(keys.service, 'Executable') !== undefined,
    product: text(keys.record, recorded.product),
    task: text(keys.record, recorded.task),
  }
  return workOf(planUninstall(left, keepWinfsp), windows)
}
