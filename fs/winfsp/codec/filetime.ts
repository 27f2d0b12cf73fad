/** 100 ns from 1601 to 1970. */
const epoch = 116_444_736_000_000_000n

/** A FILETIME; `milliseconds` since 1970, as of Date.now, or a part of one. */
export const fileTime = (milliseconds: number): bigint =>
  BigInt(Math.round(milliseconds * 1e4)) + epoch
