import type { Fuzzer } from './fuzzer.ts'
import fuse from './fuse.ts'
import heaps from './heaps.ts'
import minidump from './minidump.ts'
import session from './session.ts'
import winfsp from './winfsp.ts'

/** All fuzzers, by the names that `npm run fuzz` knows. */
export const fuzzers: Readonly<Record<string, Fuzzer>> = {
  minidump,
  winfsp,
  session,
  fuse,
  heaps,
}
