import type { Fuzzer } from './fuzzer.ts'

/**
 * The first `count` inputs of a seed in this process, where coverage sees what
 * they reach; a complaint is thrown. What was counted.
 */
export const fuzzHere = async (
  fuzzer: Fuzzer,
  seed: number,
  count: number,
): Promise<Readonly<Record<string, number>>> => {
  const words: Record<string, number> = {}
  const tell = (word: string, by = 1): void => {
    words[word] = (words[word] ?? 0) + by
  }
  for (let first = 0; first < count; first += fuzzer.row) {
    const row = fuzzer.begin(seed, first, tell)
    for (let each = 0; each < fuzzer.row; each++) await row.next()
    await row.end?.()
  }
  return words
}
