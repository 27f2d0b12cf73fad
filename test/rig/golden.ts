import { readFileSync } from 'node:fs'

/** test/fixtures as seen from dist/test/rig. */
const fixtures = new URL('../../../test/fixtures/fuse/', import.meta.url)

export const goldenSource = readFileSync(new URL('golden.c', fixtures), 'utf8')
export const goldenText = readFileSync(new URL('golden.txt', fixtures), 'utf8')

const lines = new Map(
  goldenText
    .trim()
    .split('\n')
    .map(line => line.split(' ') as [string, string]),
)

export const goldenNames = [...lines.keys()]

/** A request or reply of /dev/fuse as C structures lay it out, in hex. */
export const golden = (name: string): string => {
  const hex = lines.get(name)
  if (hex === undefined) throw new RangeError(`no golden ${name}`)
  return hex
}

export const goldenBytes = (name: string): Uint8Array =>
  Buffer.from(golden(name), 'hex')

/** Of the golden requests and replies. */
export const unique = 0xfedc_ba98_7654_3210n
export const nodeid = 0x1_2345_6789_abcd
