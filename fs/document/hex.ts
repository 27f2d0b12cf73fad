const three = Array.from({ length: 0x1000 }, (_, number) =>
  number.toString(16).padStart(3, '0'),
)
const two = three.slice(0, 0x100).map(digits => digits.slice(1))

/** As `%02x`. */
export const hex2 = (number: number): string =>
  two[number] ?? number.toString(16)

/** Six digits of 24 bits. */
const six = (number: number): string =>
  (three[number >>> 12] as string) + (three[number & 0xfff] as string)

// neighbours in an address space have their upper digits in common
let last = 0
let digits = ''

/**
 * As `%08lx`, of a natural number that a double holds exactly. The same as
 * `number.toString(16).padStart(8, '0')`, which takes 10 times as long for an
 * address, and then most of the time of a whole maps.
 */
export const hex8 = (number: number): string => {
  const above = Math.floor(number / 0x100_0000)
  const below = six(number - above * 0x100_0000)
  if (above < two.length) return (two[above] as string) + below
  if (above !== last) {
    digits = above.toString(16)
    last = above
  }
  return digits + below
}
