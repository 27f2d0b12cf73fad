import type { Caller } from '../../provider/contract.ts'
import { inodeOf } from '../attr.ts'
import type { Node } from '../node.ts'
import type { OpenDirectory } from '../opendir.ts'
import type { OpenWindow } from '../openwindow.ts'
import { FileAttribute, ReparseTag } from './codec/flags.ts'
import type { Info } from './codec/info.ts'
import type { Place } from './path.ts'
import type { Text } from './text.ts'

/** What an open has. */
export interface Handle extends Place {
  /** Who opened it, with a token that is kept until it is closed. */
  readonly caller: Caller
  /** FILETIME that is told of it. */
  time: bigint
  readonly directory?: OpenDirectory | undefined
  readonly text?: Text | undefined
  readonly window?: OpenWindow | undefined
  isClosed: boolean
}

/**
 * What is told of a node, with the size of a handle's own text, else 0.
 *
 * Approximation: every link is told as a symlink, though one that leads to no
 * drive is an LX symlink when it is read: to know, it would have to be.
 */
export const infoOf = (node: Node, time: bigint, size = 0): Info => ({
  attributes: attributesOf(node),
  tag: node.row.kind === 'link' ? ReparseTag.SYMLINK : undefined,
  size,
  index: inodeOf(node),
  time,
})

/** The same of what is open. */
export const infoOfHandle = ({ node, time, text }: Handle): Info =>
  infoOf(node, time, text?.size)

export const attributesOf = ({ row }: Node): number => {
  if (row.kind === 'directory') return FileAttribute.DIRECTORY
  if (row.kind !== 'link') return FileAttribute.READONLY
  const directory = row.to === 'directory' ? FileAttribute.DIRECTORY : 0
  return FileAttribute.REPARSE_POINT | directory
}
