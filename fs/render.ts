import type { Caller, Process, Right, System } from '../provider/contract.ts'
import { Errno, textOf } from '../provider/errno.ts'
import { encodeAll } from '../provider/text.ts'
import type { View } from './document/document.ts'
import { systemDocuments, taskDocuments } from './document/index.ts'
import { isGone, taskOf, withProcess } from './lookup.ts'
import type { Node, Text, Window } from './node.ts'

/** A part of a window: bytes. */
export interface Piece {
  readonly offset: bigint
  readonly size: number
}

/** What is to be made for one reader: a text, or a piece of a window. */
export interface Job<R extends Text | Window = Text | Window> {
  readonly node: Node & { readonly row: R }
  /** Who opened it: its rights count, at every generation. */
  readonly caller: Caller
  /** Of a window. */
  readonly piece?: Piece | undefined
}

const nothing = new Uint8Array(0)

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

/** The content by an open process. */
const made = (
  process: Process,
  view: View,
  { node, caller, piece }: Job,
): Uint8Array => {
  const { row, fd } = node
  const task = taskOf(process, node)
  if (row.kind === 'window')
    return piece ? row.read(task, piece.offset, piece.size) : nothing
  const reader = {
    fd,
    get trusted() {
      return process.may(caller, 'read')
    },
  }
  const document = taskDocuments[row.document as keyof typeof taskDocuments]
  return encodeAll(document(task, view, reader))
}

/**
 * The text of a job, whole, or its piece of a window. The right is asked before
 * the facts are gathered, and again after, with the identity: a target that
 * changed hands in between (setuid exec, a reused pid) shows nothing. ESRCH,
 * EACCES, or what the provider throws; but a window of a process that has ended
 * is at its end (fs/proc/base.c:mem_rw).
 */
export const render = (system: System, view: View, job: Job): Uint8Array => {
  const { node, caller } = job
  const { row } = node
  if (row.kind === 'text' && row.document in systemDocuments) {
    return encodeAll(
      systemDocuments[row.document as keyof typeof systemDocuments](
        system,
        view,
      ),
    )
  }
  try {
    return withProcess(system, node, process => {
      permitRight(process, caller, row.right)
      const bytes = made(process, view, job)
      permitRight(process, caller, row.right)
      return bytes
    })
  } catch (error) {
    if (row.kind === 'window' && isGone(error)) return nothing
    throw error
  }
}
