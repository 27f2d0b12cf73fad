import { taskDocuments } from '../../fs/document/index.ts'
import type { Task } from '../../provider/contract.ts'
import { encode } from '../../provider/text.ts'
import { open as openLinux } from '../../provider/linux/index.ts'
import { open } from './provider.ts'

/** Microseconds that one call takes, once it is compiled. */
const timeOf = (act: () => void): number => {
  const rounds = 2000
  for (let round = 0; round < rounds; round++) act()
  const began = performance.now()
  for (let round = 0; round < rounds; round++) act()
  return ((performance.now() - began) * 1000) / rounds
}

const consume = (task: Task): number => {
  let count = 0
  for (const _ of task.regions()) count++
  return count
}

const view = { dialect: 'linux', paths: 'mixed' } as const

const textOf = (task: Task): Uint8Array => {
  let text = ''
  for (const line of taskDocuments.maps(task, view, { trusted: true }))
    text += line
  return encode(text)
}

/**
 * What one open costs, part by part, in microseconds: its text, a walk of a
 * live process, and the hop to a walker and back, which is what a reader waits
 * longer for the same few bytes when a walker makes them.
 */
export const costs = (
  p50Of: (row: string) => number | undefined,
): [what: string, time: number][] => {
  const fixture = open().process(1)
  const live = openLinux({ spans: false }).process(process.pid)
  const found: [string, number][] = [
    ['text: maps of 60 regions', timeOf(() => void textOf(fixture))],
    [
      `walk: this process, ${consume(live)} regions`,
      timeOf(() => void consume(live)),
    ],
    ['walk and text of the same', timeOf(() => void textOf(live))],
  ]
  const [here, there] = [p50Of('fuse, few bytes'), p50Of('fuse, few, a walker')]
  if (here !== undefined && there !== undefined)
    found.push(['hop: to a walker and back', there - here])
  live.close()
  return found
}
