import { keys, recorded, taskName, upgradeCode } from './names.ts'
import { needsRestart, type Step } from './plan.ts'
import { Refusal } from './refusal.ts'
import type { Windows } from './system.ts'

/** An exit code; what winget tells is an HRESULT. */
const codeText = (code: number): string =>
  code > 0xffff ? `0x${code.toString(16)}` : `${code}`

/** schtasks tells by its exit code, 1, that there is none of that name. */
const removeTask = (windows: Windows): void => {
  const named = ['/TN', taskName]
  if (windows.run('schtasks', ['/Query', ...named]) !== 0) return
  windows.run('schtasks', ['/End', ...named])
  const code = windows.run('schtasks', ['/Delete', ...named, '/F'])
  if (code !== 0)
    throw new Refusal(`schtasks ended with exit code ${codeText(code)}`)
}

/**
 * Does the steps in order, and ends at the first that fails: throws Refusal.
 * Yields whether Windows has to be restarted for it.
 */
export const perform = (
  steps: readonly Step[],
  windows: Windows,
  tell: (line: string) => void,
): boolean => {
  let restart = false
  for (const step of steps) {
    if (step.told !== undefined) tell(step.told)
    switch (step.kind) {
      case 'run': {
        const code = windows.run(step.tool, step.args)
        if (!step.good.includes(code))
          throw new Refusal(
            `${step.tool} ended with exit code ${codeText(code)}`,
          )
        restart ||= needsRestart.includes(code)
        break
      }
      case 'replace':
        windows.remove(step.key)
        windows.set(step.key, step.values)
        break
      case 'add':
        windows.set(step.key, step.values)
        break
      case 'product': {
        const [product] = windows.products(upgradeCode)
        if (product === undefined)
          throw new Refusal('WinFsp is still not there after its installation')
        windows.set(keys.record, { [recorded.product]: product })
        break
      }
      case 'remove':
        windows.remove(step.key)
        break
      case 'task':
        windows.task(taskName, step.xml)
        break
      case 'untask':
        removeTask(windows)
        break
    }
  }
  return restart
}
