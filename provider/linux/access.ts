/** Who may read a process (kernel/ptrace.c:__ptrace_may_access). */
import { codeOf } from '../errno.ts'
import { opened, readOnce } from './file.ts'
import type { Caller, Owner, Right } from '../contract.ts'

/** What the kernel judges a target by. */
export interface Credentials {
  /** Real, effective and saved ids, in this order, as `Uid` of status. */
  readonly uids: readonly number[]
  readonly gids: readonly number[]
  /** The permitted capabilities, as `CapPrm` of status. */
  readonly capabilities: bigint
  /**
   * Owner of /proc/<pid>/maps: root's, or its user namespace's, where the
   * process is not dumpable. The directory itself does not tell: it is the
   * effective user's in any case (fs/proc/base.c:task_dump_owner).
   */
  readonly owner: Owner
}

/** Rights that everyone has. */
export const isPublic = (right: Right): boolean =>
  right === 'none' || right === 'limited'

/**
 * The rule for `read`, `attach` and `dup`: root may; another user may where all three
 * user ids and all three group ids of the target are the caller's, the target
 * is dumpable and holds no capability.
 *
 * It is never laxer than the kernel's and stricter in three cases: a process
 * that is not dumpable may not read even itself, a capability of the caller
 * (CAP_SYS_PTRACE) counts for nothing, and so do the caller's own capabilities
 * against those of the target, also where that is in a user namespace of the
 * caller's. Security modules are not asked, but see {@link isRestricted}.
 */
export const mayRead = (caller: Caller, target: Credentials): boolean =>
  caller.uid === 0 ||
  (target.uids.every(uid => uid === caller.uid) &&
    target.gids.every(gid => gid === caller.gid) &&
    target.owner.uid === caller.uid &&
    target.capabilities === 0n)

/**
 * Whether Yama keeps users from each other's processes of their own, and from
 * their own but for what they started (security/yama/yama_lsm.c,
 * kernel.yama.ptrace_scope): none may attach then but root, which is stricter
 * than Yama is with parents and with a process itself. `path`: the directory of
 * a process; `sys` is beside it. A machine without Yama has no such file.
 */
export const isRestricted = (path: string): boolean => {
  try {
    return opened(
      `${path}/../sys/kernel/yama/ptrace_scope`,
      fd => `${readOnce(fd)}`.trim() !== '0',
    )
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}
