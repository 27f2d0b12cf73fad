/** Counts something under a word, for the report: `tell('refused')`. */
export type Tell = (word: string, by?: number) => void

/** Inputs that come one after the other, the later before what the earlier left. */
export interface Row {
  /**
   * The next input, and how many bytes it has. What is thrown is a complaint,
   * and ends the row.
   */
  next(): number | Promise<number>
  /** After the last; throws if anything is left that should not be. */
  end?(): void | Promise<void>
}

/**
 * Hostile input of one kind, and what is to become of it. Inputs go by number:
 * number n of a seed is the same in every run, whatever n it began with.
 */
export interface Fuzzer {
  /** Its module, whose default it is: another process loads it by that. */
  readonly url: string
  /** Inputs of a full run. */
  readonly full: number
  /** Inputs that one process does, whose memory is then told: whole rows. */
  readonly batch: number
  /** Inputs of a row. A number is done again after those before it in its row. */
  readonly row: number
  /** Seconds of CPU that one input may take; of four times as much it hangs. */
  readonly longest: number
  /** What any input needs is there after it, before memory is measured. */
  warm(): void | Promise<void>
  /** The row of which number `first` is the first. */
  begin(seed: number, first: number, tell: Tell): Row
}

/** Bytes that may be held beyond twice the largest input. */
export const room = 64 << 20

/** What a child says, a line each. */
export type Said =
  /** It begins with this number, and with the row of it. */
  | { readonly at: number }
  | { readonly wrong: number; readonly what: string }
  | { readonly done: Done }

/** What one process did. */
export interface Done {
  readonly inputs: number
  /** Where to go on. */
  readonly next: number
  /** How long it took, without what it is before. */
  readonly seconds: number
  readonly words: Readonly<Record<string, number>>
  /** Seconds of CPU of the input that took longest. */
  readonly longest: number
  /** Bytes that the process came to hold beyond what it began with. */
  readonly held: number
}
