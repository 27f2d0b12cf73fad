import type { Check, Finding } from '../check.ts'
import type { Machine } from '../machine.ts'
import { dllOf, isOld, isVulnerable, keys, oldest, recorded } from './names.ts'
import type { Value } from './registry.ts'

const getWinfsp = 'winget install WinFsp.WinFsp'

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** A check of Windows; one that cannot be made is told as missing. */
const check = (
  name: string,
  find: (machine: Machine) => Finding | undefined,
): Check => ({
  name,
  on: ['win32'],
  find: machine => {
    try {
      return find(machine)
    } catch (error) {
      return { ok: false, detail: `cannot be looked at: ${messageOf(error)}` }
    }
  },
})

const textOf = (value: Value | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const installDir = ({ windows }: Machine): string | undefined =>
  textOf(windows.value(keys.winfsp, 'InstallDir'))

/** The script that the Launcher's command line starts; see service.ts. */
const scriptOf = (commandLine: string | undefined): string | undefined =>
  /^"([^"]*)"/.exec(commandLine ?? '')?.[1]?.replaceAll('%%', '%')

/** What the drive needs of a Windows, in the order in which it is needed. */
export const windowsChecks: readonly Check[] = [
  check('administrator', ({ windows }) =>
    windows.isElevated()
      ? { ok: true, detail: 'elevated: drives are seen by elevated programs' }
      : {
          ok: 'optional',
          detail:
            'not elevated: to install, and to read the processes of others, it has to be',
        },
  ),
  check('WinFsp', machine => {
    const folder = installDir(machine)
    return folder === undefined
      ? { ok: false, detail: 'not installed', remedy: getWinfsp }
      : { ok: true, detail: folder }
  }),
  check('WinFsp DLL', machine => {
    const { arch, windows } = machine
    const folder = installDir(machine)
    if (folder === undefined) return undefined
    const path = dllOf(folder, arch)
    if (path === undefined)
      return { ok: false, detail: `there is none for ${arch}` }
    if (!windows.exists(path))
      return {
        ok: false,
        detail: `${path} is not there`,
        remedy: `uninstall WinFsp, then ${getWinfsp}`,
      }
    const release = windows.fileVersion(path)
    if (release === undefined)
      return { ok: 'warning', detail: `${path} does not tell its version` }
    const detail = `${path}, version ${release.join('.')}`
    if (isOld(release))
      return {
        ok: false,
        detail: `${detail}: too old, ${oldest.join('.')} is needed`,
        remedy: 'winget upgrade WinFsp.WinFsp',
      }
    return isVulnerable(release)
      ? {
          ok: 'warning',
          detail: `${detail}: known to be vulnerable (CVE-2026-3006, CVE-2026-7162)`,
          remedy: 'a release after 2.1, from https://winfsp.dev/rel/',
        }
      : { ok: true, detail }
  }),
  check('WinFsp.Launcher', machine => {
    if (installDir(machine) === undefined) return undefined
    const path = textOf(machine.windows.value(keys.launcher, 'ImagePath'))
    return path === undefined
      ? {
          ok: 'optional',
          detail: 'the service is not registered; "net use" needs it',
          remedy: `uninstall WinFsp, then ${getWinfsp}`,
        }
      : { ok: true, detail: path }
  }),
  check('net use', ({ windows }) => {
    const node = textOf(windows.value(keys.service, 'Executable'))
    if (node === undefined)
      return {
        ok: 'optional',
        detail: '\\\\winprocfs is not registered with the Launcher',
        remedy: 'winprocfs install',
      }
    const line = textOf(windows.value(keys.service, 'CommandLine'))
    const gone = [node, scriptOf(line) ?? 'its script'].find(
      path => !windows.exists(path),
    )
    return gone === undefined
      ? { ok: true, detail: `\\\\winprocfs starts ${scriptOf(line)}` }
      : {
          ok: false,
          detail: `\\\\winprocfs starts ${gone}, which is not there`,
          remedy: 'winprocfs install, or winprocfs uninstall',
        }
  }),
  check('at boot', ({ windows }) => {
    const task = textOf(windows.value(keys.record, recorded.task))
    return task === undefined
      ? undefined
      : { ok: true, detail: `mounted by the scheduled task ${task}` }
  }),
]
