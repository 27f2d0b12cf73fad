/**
 * Which files under test/ are suites, and how each is run. Found by their
 * sources, so that what an older build left in dist is never run.
 */

/**
 * Folders of what suites use or what is run by hand; those of test/wine run in
 * Node for Windows, where a live suite starts them.
 */
const others = /^test\/(?:bench|fixtures|fuzz|gate|rig|wine)\//

/** What else is no suite: this entry, and what suites of conformance call. */
const called = /^test\/(?:run\.ts$|conformance\/(?:provider|host)[./])/

export const suitesOf = (files: readonly string[]): string[] =>
  files
    .filter(file => file.endsWith('.ts'))
    .filter(file => !others.test(file) && !called.test(file))
    .toSorted()

/**
 * The files that the arguments of `npm test -- …` mean: a source or its test,
 * a folder of either, with or without `test/`, also by its name in dist. A
 * single file is taken as it is named, be it a suite or not.
 */
export const chosen = (
  files: readonly string[],
  asked: readonly string[],
): string[] => {
  const suites = suitesOf(files)
  const names = asked.map(name =>
    name
      .replaceAll('\\', '/')
      .replace(/^(?:\.\/)?(?:dist\/)?(?:test\/|(?!test$))/, 'test/')
      .replace(/\.js$/, '.ts')
      .replace(/\/+$/, ''),
  )
  return files
    .filter(file =>
      names.some(
        name =>
          file === name ||
          (file.startsWith(`${name}/`) && suites.includes(file)),
      ),
    )
    .toSorted()
}

/** A suite of a real mount runs alone, after all others: it tells of times. */
export const isLive = (suite: string): boolean =>
  /^test\/(?:live\/|conformance\/fuse)/.test(suite)

/** The fuzzers run last: they take the machine for minutes. */
export const isFuzzing = (suite: string): boolean => suite === 'test/fuzz.ts'

/** Seconds after which a suite is ended, whatever it does. */
export const limitOf = (suite: string): number =>
  isFuzzing(suite) ? 900 : isLive(suite) ? 600 : 240
