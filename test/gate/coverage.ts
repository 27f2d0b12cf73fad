/**
 * The sources of which every line, branch and function must be run: those
 * without I/O, which any machine can test to the end.
 */
const demanded = [
  /^fs\/(?:attr|lookup|mem|node|opendir|openfile|openwindow|tree)\.ts$/,
  /^fs\/document\//,
  /^fs\/fuse\/(?:codec\/|(?:abi|codec[^/]*|encode)\.ts$)/,
  /^fs\/winfsp\/(?:codec\/|status\.ts$)/,
  /^provider\/(?:contract|errno|text)\.ts$/,
  /^provider\/(?:nt|space)\//,
]

/**
 * Whether a compiled file runs anything. One with types alone compiles to
 * `export {}`, is never loaded, and has nothing to cover.
 */
export const hasCode = (compiled: string): boolean =>
  compiled
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    .replaceAll(/export \{\};/g, '')
    .trim() !== ''

/** The demanded ones of `sources`; one that no test loads is among them. */
export const demandedOf = (
  sources: readonly string[],
  compiled: (source: string) => string,
): string[] =>
  sources
    .filter(source => demanded.some(pattern => pattern.test(source)))
    .filter(source => hasCode(compiled(source)))

/**
 * Whether coverage is collected from a suite: where it sits at the path of a
 * demanded source, or in fs/ itself, whose operations are tested together.
 * Elsewhere it would slow the programs that a suite starts and times.
 */
export const isMeasured = (suite: string): boolean => {
  const source = suite.replace(/^test\//, '')
  return (
    /^fs\/[^/]+$/.test(source) || demanded.some(pattern => pattern.test(source))
  )
}
