const sign = 'figure: '

/** A comment that `npm test` shows, whatever became of the suite. */
export const figure = (text: string): string => `${sign}${text}`

/** Such comments in a suite's output. */
export const figuresOf = (output: string): string[] =>
  output
    .split('\n')
    .map(line => line.trimStart())
    .filter(line => line.startsWith(`# ${sign}`))
    .map(line => line.slice(`# ${sign}`.length))
