import type { Filesystem } from '../../fs/filesystem.ts'
import { Want } from '../../fs/attr.ts'
import type { Opened } from '../../fs/openfile.ts'
import { encode } from '../../provider/text.ts'
import { find, staysInside } from '../find.ts'
import { caller, openInline } from '../inline.ts'
import { log } from '../log.ts'
import { complain } from '../message.ts'
import { placeOf } from '../place.ts'
import { write, WriteError } from '../stdout.ts'
import { examples, type Register } from './command.ts'
import { sourceOf, withView, type ViewOptions } from './options.ts'

/** Bytes that one read of a text may ask for: all there are. */
const all = Number.MAX_SAFE_INTEGER

/** Bytes that one read of a window asks for. */
const chunk = 1 << 20

/** What a file holds from 0 on; of a window, up to the first hole: EIO. */
function* bytesOf(file: Opened, isWindow: boolean): Generator<Uint8Array> {
  const size = isWindow ? chunk : all
  for (let offset = 0n; ;) {
    const bytes = file.read({ id: 0n, offset, size }) ?? new Uint8Array()
    yield bytes
    if (!isWindow || bytes.length === 0) return
    offset += BigInt(bytes.length)
  }
}

/**
 * The bytes of a file. A link that leads out of the tree (`exe`, `cwd`) tells
 * where to: it may be the file of another machine, or a folder.
 */
const read = (filesystem: Filesystem, path: string): Iterable<Uint8Array> => {
  const place = placeOf(path)
  const kept = find(filesystem, place, caller, 'keep')
  if (kept.row.kind === 'link') {
    const target = filesystem.readlink(kept, caller)
    if (!staysInside(target)) return [encode(`${target}\n`)]
  }
  const isLink = kept.row.kind === 'link'
  const node = isLink ? find(filesystem, place, caller) : kept
  const file = filesystem.open(node, Want.read, caller)
  return bytesOf(file, node.row.kind === 'window')
}

/** `winprocfs cat`: the bytes of each file; goes on after one that fails. */
const cat = async (
  paths: readonly string[],
  options: ViewOptions,
): Promise<number> => {
  const filesystem = await openInline(await sourceOf(options), options)
  for (const note of filesystem.system.notes?.() ?? []) log(note)
  let code = 0
  for (const path of paths) {
    try {
      for (const bytes of read(filesystem, path)) write(bytes)
    } catch (error) {
      if (error instanceof WriteError) throw error
      complain(path, error)
      code = 1
    }
  }
  return code
}

export const registerCat: Register = (program, exit) => {
  withView(program.command('cat'))
    .description('Print files of the tree, without a mount')
    .argument('<path...>', '/proc/1/maps, or 1/maps for short')
    .addHelpText(
      'after',
      '\nOf a link that leads elsewhere (exe, cwd, root) the target is printed.',
    )
    .addHelpText(
      'after',
      examples(
        'winprocfs cat /proc/self/maps',
        'winprocfs cat --labels 1234/maps',
        'winprocfs cat --dialect cygwin 1234/maps',
        'winprocfs cat --dump app.dmp /proc/self/maps',
      ),
    )
    .action(async (paths: string[], options: ViewOptions) =>
      exit(await cat(paths, options)),
    )
}
