/**
 * Numbers below `bound`, the same for the same seed: a linear congruential
 * generator (Numerical Recipes), of which the upper bits are used.
 */
export const randomOf = (seed: number): ((bound: number) => number) => {
  let state = seed >>> 0
  return bound => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x1_0000_0000) * bound)
  }
}

/** Spreads what differs by a bit all over the word: MurmurHash3's last step. */
const mixed = (word: number): number => {
  let at = word >>> 0
  at = Math.imul(at ^ (at >>> 16), 0x85eb_ca6b)
  at = Math.imul(at ^ (at >>> 13), 0xc2b2_ae35)
  return (at ^ (at >>> 16)) >>> 0
}

/** The same of number `number` of a seed, whatever came before it. */
export const randomFor = (
  seed: number,
  number: number,
): ((bound: number) => number) => randomOf(mixed(mixed(seed + 1) ^ number))
