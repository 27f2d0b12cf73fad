/** Names of directories under /proc that are ids. */

const decimal = /^[1-9]\d{0,9}$/

/** Whether a name is an id as the kernel writes it: no sign, no zeros. */
export const canonical = (name: string): boolean => decimal.test(name)

/** Whether a number could be an id. */
export const isId = (id: number): boolean => canonical(String(id))

/** The ids among the entries of a directory, ascending. */
export const idsOf = (names: readonly string[]): number[] =>
  names
    .filter(canonical)
    .map(Number)
    .sort((a, b) => a - b)
