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
