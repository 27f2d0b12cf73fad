import type { System } from '../../../provider/contract.ts'
import { told } from '../told.ts'

/** What is wrong with what a dump tells; an Errno is not. */
export const complaintsOf = (system: System): string[] => {
  const wrong: string[] = []
  const [pid = 0] = system.pids()
  const process = system.process(pid)
  const tids = told(() => process.tids()) ?? []
  if (tids.some((tid, at) => at > 0 && tid <= Number(tids[at - 1])))
    wrong.push('threads that do not ascend')
  told(() => process.comm?.())
  const [tid] = tids
  if (tid !== undefined) told(() => process.thread(tid).exe?.())
  let before = 0
  let walked = 0
  told(() => {
    for (const { start, end, base, state, access } of process.regions()) {
      walked++
      if (start < before || end <= start || end > 2 ** 64)
        wrong.push(`a region from ${start} to ${end}`)
      if (state !== 'free' && base > start) wrong.push(`a base of ${base}`)
      if (state !== 'commit' && access !== 0) wrong.push('access to nothing')
      before = end
      if (walked % 16 === 0)
        if ((told(() => process.read(start, 64))?.length ?? 0) > 64)
          wrong.push('more bytes than asked for')
    }
  })
  told(() => {
    for (const { start, end } of process.spans?.([...process.regions()]) ?? [])
      if (!(start >= 0 && start < end && end <= 2 ** 64))
        wrong.push(`a span from ${start} to ${end}`)
  })
  for (const address of [0, 0x40_0ff8, 0x7efd_f000, 2 ** 52, 2 ** 63])
    told(() => process.read(address, 1 << 20))
  const dumped = tid === undefined ? process : process.thread(tid)
  for (const task of [process, dumped])
    for (const fact of [
      'stat',
      'statm',
      'status',
      'crash',
      'cmdline',
      'environ',
      'cwd',
    ] as const)
      told(() => task[fact]?.())
  for (const fact of ['version', 'notes'] as const)
    told(() => [...(system[fact]?.() ?? [])])
  return wrong
}
