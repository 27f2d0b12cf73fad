const wild = [
  0, 1, 3, 4, 7, 8, 0x20, 0x7f, 0xff, 0x1000, 0xffff, 0x1_0000, 0x7fff_ffff,
  0x8000_0000, 0xffff_fff0, 0xffff_fffe, 0xffff_ffff,
]

/** Bytes of an entry: of memory, of a thread or region, of a module. */
const entries = [12, 16, 48, 108]

/** Where most of a dump's structure is: the directory and the streams. */
export const spots = (
  bytes: Buffer,
): readonly (readonly [number, number])[] => [
  [0, 32 + bytes.readUInt32LE(8) * 12],
  ...Array.from({ length: bytes.readUInt32LE(8) }, (_, at) => {
    const entry = bytes.readUInt32LE(12) + at * 12
    return [
      bytes.readUInt32LE(entry + 8),
      Math.min(bytes.readUInt32LE(entry + 4), 4096),
    ] as const
  }),
]

/**
 * Up to four changes of a dump: other bytes and numbers, most of them in its
 * directory and streams; its beginning alone; bytes and entries moved.
 */
export const mutated = (
  whole: Buffer,
  places: ReturnType<typeof spots>,
  random: (bound: number) => number,
): Buffer => {
  let bytes = Buffer.from(whole)
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const [from, size] = places[random(places.length)] ?? [0, 4]
    const at = Math.max(0, Math.min(from + random(size + 1), bytes.length - 4))
    if (bytes.length < 64) break
    const kind = random(21)
    if (kind < 6) bytes[at] = random(256)
    else if (kind < 10) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    else if (kind < 15)
      bytes.writeUInt32LE(wild[random(wild.length)] ?? 0, at & ~3)
    else if (kind < 17) bytes.writeUInt32LE(random(bytes.length + 64), at & ~3)
    else if (kind < 18) bytes = bytes.subarray(0, random(bytes.length))
    else if (kind < 20) {
      const target = random(bytes.length - 48)
      bytes.copy(bytes, target, at, at + 48)
    } else {
      // an entry told once more, in the place of a neighbour: they overlap
      const entry = entries[random(entries.length)] ?? 16
      const start = Math.min(from + random(size + 1), bytes.length - 2 * entry)
      if (start > 0) bytes.copy(bytes, start + entry, start, start + entry)
    }
  }
  return bytes
}
