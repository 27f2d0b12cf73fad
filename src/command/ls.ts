import type { Attr } from '../../fs/attr.ts'
import type { Filesystem } from '../../fs/filesystem.ts'
import type { Node } from '../../fs/node.ts'
import { codeOf } from '../../provider/errno.ts'
import { find } from '../find.ts'
import { caller, openInline } from '../inline.ts'
import { complain } from '../message.ts'
import { modeText } from '../mode.ts'
import { placeOf } from '../place.ts'
import { write } from '../stdout.ts'
import { examples, type Register } from './command.ts'
import { sourceOf, withView, type ViewOptions } from './options.ts'

interface LsOptions extends ViewOptions {
  readonly long?: true
}

interface Line {
  readonly attr: Attr
  readonly name: string
}

const namesIn = (filesystem: Filesystem, node: Node): string[] =>
  filesystem
    .opendir(node, node, caller)
    .from(0)
    .map(({ name }) => name)
    .filter(name => name !== '.' && name !== '..')

/** Processes and threads come and go while they are listed. */
const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')

/** Mode, links, uid, gid, size, name; numbers right-aligned, as `ls -ln`. */
const printLong = (lines: readonly Line[]): string => {
  const columns = ['links', 'uid', 'gid', 'size'] as const
  const widths = columns.map(column =>
    Math.max(...lines.map(({ attr }) => `${attr[column]}`.length)),
  )
  return lines
    .map(({ attr, name }) => {
      const numbers = columns.map((column, at) =>
        `${attr[column]}`.padStart(widths[at] as number),
      )
      return `${[modeText(attr.mode), ...numbers, name].join(' ')}\n`
    })
    .join('')
}

/** `winprocfs ls`: the names of a directory, or one file's own. */
const ls = async (path: string, options: LsOptions): Promise<number> => {
  const filesystem = await openInline(await sourceOf(options), options)
  const keep = options.long ? 'keep' : 'follow'
  let code = 0

  /** Name, and where it leads; a link that hides that is told of. */
  const named = (node: Node, name: string): string => {
    if (node.row.kind !== 'link') return name
    try {
      return `${name} -> ${filesystem.readlink(node, caller)}`
    } catch (error) {
      complain(`cannot read symbolic link ${name}`, error)
      code = 1
      return name
    }
  }

  const long = (directory: Node): Line[] =>
    namesIn(filesystem, directory).flatMap(name => {
      try {
        const node = filesystem.lookup(directory, name, caller)
        return [{ attr: filesystem.getattr(node), name: named(node, name) }]
      } catch (error) {
        if (isGone(error)) return []
        throw error
      }
    })

  try {
    const node = find(filesystem, placeOf(path), caller, keep)
    const isDirectory = node.row.kind === 'directory'
    const text = options.long
      ? printLong(
          isDirectory
            ? long(node)
            : [{ attr: filesystem.getattr(node), name: named(node, path) }],
        )
      : (isDirectory ? namesIn(filesystem, node) : [path])
          .map(name => `${name}\n`)
          .join('')
    write(text)
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    complain(path, error)
    return 1
  }
  return code
}

export const registerLs: Register = (program, exit) => {
  withView(program.command('ls'))
    .description('List a directory of the tree, without a mount')
    .argument('[path]', '/proc/1, or 1 for short', '/proc')
    .option('-l, --long', 'mode, links, uid, gid, size and name')
    .addHelpText(
      'after',
      examples(
        'winprocfs ls',
        'winprocfs ls -l /proc/self',
        'winprocfs ls 1/task',
        'winprocfs ls --dump dumps',
      ),
    )
    .action(async (path: string, options: LsOptions) =>
      exit(await ls(path, options)),
    )
}
