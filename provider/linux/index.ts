/**
 * A live Linux: the kernel's own /proc, read back into the model of
 * provider/contract.ts.
 */
import type { ProviderOptions, System } from '../contract.ts'
import { LinuxSystem } from './system.ts'

export interface LinuxOptions extends ProviderOptions {
  /** Where the kernel's /proc is mounted, or a recorded one lies. */
  readonly root?: string
}

/** Opens nothing yet: a missing /proc shows as ENOENT when it is read. */
export const open = ({ spans, root = '/proc' }: LinuxOptions): System =>
  new LinuxSystem(root, spans)
