import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** test/fixtures/c/windows as seen from dist/test/rig. */
const folder = new URL('../../../test/fixtures/c/windows/', import.meta.url)

/** What test/fixtures/c/windows/winfsp.c says, one record a line. */
export const goldenText = readFileSync(new URL('winfsp.txt', folder), 'utf8')

const nameSize = 56
const headSize = nameSize + 8

/** The records of the object file's section, as lines in order of name. */
const linesOf = (facts: Buffer): string[] => {
  const lines: string[] = []
  for (let at = 0; at < facts.length;) {
    const name = facts.subarray(at, at + nameSize).toString('latin1')
    const length = facts.readUInt32LE(at + nameSize)
    const bytes = facts.subarray(at + headSize, at + headSize + length)
    const value =
      length === 4 ? String(bytes.readUInt32LE()) : bytes.toString('hex')
    lines.push(`${name.replace(/\0.*/s, '')} = ${value}`)
    at += headSize + Math.ceil(length / 8) * 8
  }
  return lines.toSorted()
}

/** What a compiler for Windows, such as x86_64-w64-mingw32, makes of it. */
export const compiled = (compiler: string): string => {
  const scratch = mkdtempSync(join(tmpdir(), 'winprocfs-cc-'))
  const object = join(scratch, 'winfsp.o')
  const facts = join(scratch, 'facts')
  try {
    const source = fileURLToPath(new URL('winfsp.c', folder))
    execFileSync(`${compiler}-gcc`, ['-Wall', '-c', source, '-o', object])
    const section = ['-O', 'binary', '--only-section=.facts']
    execFileSync(`${compiler}-objcopy`, [...section, object, facts])
    return `${linesOf(readFileSync(facts)).join('\n')}\n`
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

const records = new Map(
  goldenText
    .trim()
    .split('\n')
    .map(line => line.split(' = ') as [string, string]),
)

export const goldenNames = [...records.keys()]

const recordOf = (name: string): string => {
  const value = records.get(name)
  if (value === undefined) throw new RangeError(`no golden ${name}`)
  return value
}

export const goldenNumber = (name: string): number => Number(recordOf(name))

/** A structure's bytes in hex, or as they are. */
export const golden = recordOf
export const goldenBytes = (name: string): Uint8Array =>
  new Uint8Array(Buffer.from(recordOf(name), 'hex'))

/** Of all golden requests. */
export const hint = 0xfedc_ba98_7654_3210n
