/** The first character of `ls -l`, by the S_IFMT bits of a mode. */
const types: Readonly<Record<number, string>> = {
  0o040000: 'd',
  0o100000: '-',
  0o120000: 'l',
}

/** `dr-xr-xr-x`: type and permissions, as `ls -l` prints them. */
export const modeText = (mode: number): string =>
  (types[mode & 0o170000] ?? '?') +
  [6, 3, 0]
    .map(shift => {
      const bits = (mode >> shift) & 7
      return ['r', 'w', 'x']
        .map((letter, at) => (bits & (4 >> at) ? letter : '-'))
        .join('')
    })
    .join('')
