/**
 * A command line of Windows, which is one string, as the arguments that the
 * program's own C runtime makes of it.
 */

/** What parts arguments. */
const isBlank = (unit: string | undefined): boolean =>
  unit === ' ' || unit === '\t'

/** The program's name: quotes hold blanks together, nothing is escaped. */
const programAt = (line: string): readonly [name: string, end: number] => {
  let name = ''
  let quoted = false
  let at = 0
  for (; at < line.length; at++) {
    const unit = line[at] as string
    if (unit === '"') quoted = !quoted
    else if (isBlank(unit) && !quoted) break
    else name += unit
  }
  return [name, at]
}

/**
 * Arguments by the rules that Microsoft documents for its C runtime of 2008
 * and later ("Parsing C command-line arguments",
 * https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments):
 *
 * - Blanks and tabs part them, but between quotes.
 * - 2n backslashes and a quote are n backslashes, and the quote begins or ends
 *   a quoted part; 2n + 1 are n backslashes and a quote. Others are themselves.
 * - In a quoted part two quotes are one, and it goes on.
 * - The first, the program's name, knows no backslashes: a quote is a quote.
 *
 * Approximation: a program may read its command line in any way. That of
 * CommandLineToArgvW differs in two quotes in a quoted part, which end it, and
 * in quotes inside the program's name.
 */
export const argumentsOf = (line: string): string[] => {
  if (line === '') return []
  const [program, end] = programAt(line)
  const found = [program]
  let at = end
  for (;;) {
    while (isBlank(line[at])) at++
    if (at >= line.length) return found
    let text = ''
    let quoted = false
    while (at < line.length && (quoted || !isBlank(line[at]))) {
      let slashes = 0
      while (line[at + slashes] === '\\') slashes++
      at += slashes
      if (line[at] !== '"') {
        text += '\\'.repeat(slashes)
        if (at < line.length && (quoted || !isBlank(line[at])))
          text += line[at++]
        continue
      }
      text += '\\'.repeat(slashes >> 1)
      if (slashes % 2 === 1) text += '"'
      else if (quoted && line[at + 1] === '"') {
        text += '"'
        at++
      } else quoted = !quoted
      at++
    }
    found.push(text)
  }
}

/** As in /proc/<pid>/cmdline: each argument ended by NUL. */
export const cmdlineOf = (line: string): string =>
  argumentsOf(line)
    .map(argument => `${argument}\0`)
    .join('')
