/**
 * The half of the benchmark of live processes that runs in Node for Windows:
 * the maps of a process, walked, named, matched with its heaps, labelled and
 * printed, beside a walker in C that only walks and names. They take turns;
 * what is printed is nanoseconds, a line each: `ours 123`, `walker 123`.
 *
 *     walks.js <pid> <walker.exe> <file for its output> <rounds>
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { openInline, caller } from '../../src/inline.ts'
import { find } from '../../src/find.ts'
import { placeOf } from '../../src/place.ts'
import { Want } from '../../fs/attr.ts'

const [pid = '', walker = '', output = '', rounds = ''] = process.argv.slice(2)
const view = { dialect: 'linux', paths: 'mixed' } as const
const source = { provider: 'windows', options: { spans: true } }
const filesystem = await openInline(source, view)
const size = Number.MAX_SAFE_INTEGER

/** As `winprocfs cat` does: the path is found, the rights are asked. */
const maps = (): Uint8Array => {
  const node = find(filesystem, placeOf(`/proc/${pid}/maps`), caller)
  const file = filesystem.open(node, Want.read, caller)
  return file.read({ id: 0n, offset: 0n, size }) ?? new Uint8Array()
}

const walk = (): string[] => {
  const fd = openSync(output, 'w')
  // a pipe is none that Wine gives to Node
  const stdio = ['ignore', fd, 'ignore'] as const
  const { status } = spawnSync(walker, [pid, '-n', '2'], { stdio: [...stdio] })
  closeSync(fd)
  if (status !== 0) throw new Error(`walker: ${status}`)
  return readFileSync(output, 'latin1')
    .trim()
    .split(/\r?\n/)
    .map(line => line.split(' ')[1] ?? '')
}

for (let warm = 0; warm < 10; warm++) maps()
for (let round = 0; round < Number(rounds); round++) {
  for (const time of walk()) console.log(`walker ${time}`)
  for (let turn = 0; turn < 2; turn++) {
    const began = process.hrtime.bigint()
    const { length } = maps()
    const time = process.hrtime.bigint() - began
    if (length === 0) throw new Error('no text')
    console.log(`ours ${time}`)
  }
}
