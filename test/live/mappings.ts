/**
 * The text of maps from a program's own log of its calls equals the kernel's:
 * the formatter is right by itself, whatever a parser may have read.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { maps } from '../../fs/document/maps.ts'
import { encode } from '../../provider/text.ts'
import type { Region } from '../../provider/contract.ts'
import { fixture, start } from '../rig/fixture.ts'
import { missing, noCompiler, noLinux, noRoot } from '../rig/need.ts'
import { regionsAfter, type Call } from '../rig/mappings.ts'

const textOf = (regions: readonly Region[]): Buffer => {
  const task = { tid: 1, regions: () => regions, read: () => new Uint8Array(0) }
  const lines = [...maps(task, { dialect: 'linux', paths: 'mixed' })]
  return Buffer.from(encode(lines.join('')))
}

interface Made {
  readonly regions: readonly Region[]
  readonly kernel: Buffer
}

const made = async (folder: string): Promise<Made> => {
  const program = fixture('mappings')
  const { pid, lines, end } = await start(program.path, [folder])
  const kernel = readFileSync(`/proc/${pid}/maps`)
  await end()
  program.remove()
  const calls = lines.map(line => JSON.parse(line) as Call)
  return { regions: regionsAfter(calls), kernel }
}

t.test(
  'lines made from a log of calls are the kernel’s, byte for byte',
  missing(noLinux, noCompiler),
  async t => {
    const { regions, kernel } = await made(t.testdir({}))
    t.ok(regions.length > 90, `${regions.length} regions`)
    for (const [index, region] of regions.entries())
      t.ok(
        (regions[index + 1]?.start ?? Infinity) >= region.end,
        'the log is one of disjoint regions',
      )
    for (const region of regions) {
      const line = textOf([region])
      if (kernel.includes(line)) t.pass(line.toString('latin1').trimEnd())
      else {
        const from = kernel.indexOf(line.subarray(0, 12))
        const to = kernel.indexOf(10, from)
        t.equal(
          line.toString('latin1'),
          kernel.toString('latin1', from, to + 1),
        )
      }
    }
    const [{ start: first = 0 } = {}] = regions
    const from = kernel.indexOf(first.toString(16))
    const text = textOf(regions)
    t.ok(
      kernel.subarray(from, from + text.length).equals(text),
      'all of them in a row, with nothing in between',
    )
  },
)

const sorts: readonly (readonly [string, RegExp])[] = [
  ['a private file', /^\S+ r--p \S+ \S+ \d+ +\/.*\/plain$/m],
  ['a shared file', /^\S+ rw-s \S+ \S+ \d+ +\/.*\/plain$/m],
  ['private memory', /^\S+ rw-p 00000000 00:00 0 $/m],
  ['memory without access', /^\S+ ---p 00000000 00:00 0 $/m],
  ['executable memory', /^\S+ r-xp 00000000 00:00 0 $/m],
  ['an offset of more than eight digits', /^\S+ r--s 123456789a000 /m],
  ['a name with a blank and a newline', /\/a blank, a\\012newline and \\012$/m],
  ['a name of bytes that are no UTF-8', /\/\xff bytes \xc3\xa9 \xc3$/m],
  ['a deleted file', /\/gone \(deleted\)$/m],
  ['a file that is only called deleted', /\/here \(deleted\)$/m],
  ['a file in memory', / \/memfd:a name \(deleted\)$/m],
  ['a System V segment', / \/SYSV00000000 \(deleted\)$/m],
]

t.test(
  'the log has every sort of mapping',
  missing(noLinux, noCompiler),
  async t => {
    const { regions } = await made(t.testdir({}))
    const text = textOf(regions).toString('latin1')
    for (const [sort, line] of sorts) t.match(text, line, sort)
  },
)

t.test(
  'shared memory without a file is there, too',
  missing(noLinux, noCompiler, noRoot),
  async t => {
    const { regions } = await made(t.testdir({}))
    const text = textOf(regions).toString('latin1')
    for (const access of ['rw-s', '---s'])
      t.match(text, new RegExp(` ${access} 0{8} 00:\\S+ \\d+ +/dev/zero`))
  },
)
