import type { Region, Task } from '../../provider/contract.ts'
import { printPath } from '../../provider/space/paths.ts'
import { space } from '../../provider/space/space.ts'
import { dialects } from './dialects.ts'
import type { View } from './document.ts'
import { mapsName, statusName } from './escape.ts'

const hex = (number: bigint): string => number.toString(16)

const isIn = ({ start, end }: Region, address: bigint): boolean =>
  address >= start && address < end

/**
 * `Key:<tab>value`: what ended a process, where, and the lines of its maps
 * that this concerns; `-` for an address that maps has no line of. No kernel
 * has such a file. Nothing is told of a task that did not crash.
 */
export function* crash(task: Task, view: View): Generator<string> {
  const facts = task.crash?.()
  if (facts === undefined) return
  const { tid, code, name, address, tried, notes } = facts
  const { characters, line } = dialects[view.dialect]
  const lines = new Map<bigint, string>()
  const wanted = [address, ...(tried ? [tried.address] : [])]
  for (const region of space(task, view.dialect, characters))
    for (const each of wanted)
      if (isIn(region, each))
        lines.set(
          each,
          line(region, mapsName(printPath(region.name ?? '', view.paths))),
        )
  const lineOf = (address: bigint): string => lines.get(address) ?? '-\n'
  yield `Code:\t${code.toString(16).padStart(8, '0')}${name && ` ${name}`}\n`
  yield `Thread:\t${tid}\n`
  yield `Address:\t${hex(address)}\n`
  yield `AddressMaps:\t${lineOf(address)}`
  if (tried) {
    yield `Tried:\t${tried.how} ${hex(tried.address)}\n`
    yield `TriedMaps:\t${lineOf(tried.address)}`
  }
  for (const [key, value] of notes)
    yield `${key.replaceAll(/\W/g, '_')}:\t${statusName(value)}\n`
}
