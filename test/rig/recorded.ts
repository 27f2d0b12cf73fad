/** What a recorded process says of itself, where a test says nothing else. */
export interface Recorded {
  readonly pid: number
  readonly comm?: string
  readonly start?: number
  readonly vsize?: number
  readonly uids?: readonly number[]
  readonly gids?: readonly number[]
  readonly capabilities?: string
}

const four = (ids: readonly number[]): string =>
  [...ids, ids[1] ?? 0].join('\t')

/** The text of stat: 52 fields. */
export const statText = ({
  pid,
  comm = 'recorded',
  start = 4242,
  vsize = 8192,
}: Recorded): string => {
  const numbers = Array.from({ length: 49 }, (_, index) => index + 4)
  numbers[22 - 4] = start
  numbers[23 - 4] = vsize
  return `${pid} (${comm}) S ${numbers.join(' ')}\n`
}

/** The lines of status that tell who it is. */
export const statusText = ({
  pid,
  comm = 'recorded',
  uids = [0, 0, 0],
  gids = [0, 0, 0],
  capabilities = '0000000000000000',
}: Recorded): string =>
  [
    `Name:\t${comm}`,
    'State:\tS (sleeping)',
    `Tgid:\t${pid}`,
    `Pid:\t${pid}`,
    `Uid:\t${four(uids)}`,
    `Gid:\t${four(gids)}`,
    'Groups:\t ',
    'VmRSS:\t    1716 kB',
    `CapPrm:\t${capabilities}`,
    '',
  ].join('\n')

/** The directory of one recorded process, for tap's testdir. */
export const recorded = (
  facts: Recorded,
  files: Readonly<Record<string, string | Buffer>> = {},
): Record<string, string | Buffer> => ({
  stat: statText(facts),
  status: statusText(facts),
  ...files,
})
