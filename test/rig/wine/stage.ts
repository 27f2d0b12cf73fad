import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { koffi, koffiForWindows, repository } from './place.ts'

const scope = '@koromix'

/**
 * FOLDER/stage: the built repository by links, but with koffi's build for
 * Windows among its modules. Node for Windows takes the links for what they
 * lead to, so it finds that build and the repository does not have to hold it.
 */
export const newStage = (folder: string): string => {
  const stage = join(folder, 'stage')
  mkdirSync(join(stage, 'node_modules', scope), { recursive: true })
  const link = (name: string): void =>
    symlinkSync(join(repository, name), join(stage, name))
  for (const name of ['dist', 'package.json', 'test']) link(name)
  for (const name of readdirSync(join(repository, 'node_modules')))
    if (name !== scope) link(join('node_modules', name))
  symlinkSync(koffi(), join(stage, 'node_modules', koffiForWindows))
  return stage
}

/** A path of this machine as programs under Wine know it: `Z:\tmp\x`. */
export const windowsPath = (path: string): string =>
  `Z:${path.replaceAll('/', '\\')}`
