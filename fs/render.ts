import type { Caller, Process, Right, System } from '../provider/contract.ts'
import { Errno, textOf } from '../provider/errno.ts'
import { encodeAll } from '../provider/text.ts'
import type { View } from './document/document.ts'
import { systemDocuments, taskDocuments } from './document/index.ts'
import { withProcess } from './lookup.ts'
import type { Node, Text } from './node.ts'

/** One text to be made: a node of kind `text`, for one reader. */
export interface Job {
  readonly node: Node & { readonly row: Text }
  /** Who opened it: its rights count, at every generation. */
  readonly caller: Caller
}

/** ` (csrss.exe)`; nothing where that cannot be told, or it has just ended. */
const named = (process: Process): string => {
  try {
    const name = process.comm?.()
    return name === undefined ? '' : ` (${name})`
  } catch (error) {
    if (error instanceof Errno) return ''
    throw error
  }
}

/** `process 640 (csrss.exe): Permission denied`. */
const denied = (process: Process): Errno => {
  const who = `process ${process.pid}${named(process)}`
  return new Errno('EACCES', `${who}: ${textOf('EACCES')}`)
}

/** EACCES, by its name, unless the caller has the right on the process. */
export const permitRight = (
  process: Process,
  caller: Caller,
  right: Right,
): void => {
  if (right !== 'none' && !process.may(caller, right)) throw denied(process)
}

/**
 * The text of a job, whole. The right is asked before the facts are gathered,
 * and again after, with the identity: a target that changed hands in between
 * (setuid exec, a reused pid) shows nothing. ESRCH, EACCES, or what the
 * provider throws.
 */
export const render = (
  system: System,
  view: View,
  { node, caller }: Job,
): Uint8Array => {
  const { document, right } = node.row
  if (document in systemDocuments) {
    return encodeAll(
      systemDocuments[document as keyof typeof systemDocuments](system, view),
    )
  }
  return withProcess(system, node, process => {
    permitRight(process, caller, right)
    const reader = {
      get trusted() {
        return process.may(caller, 'read')
      },
    }
    const task = node.tid ? process.thread(node.tid) : process
    const bytes = encodeAll(
      taskDocuments[document as keyof typeof taskDocuments](task, view, reader),
    )
    permitRight(process, caller, right)
    return bytes
  })
}
