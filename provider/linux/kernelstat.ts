/** /proc/stat (fs/proc/stat.c:show_stat). */
import { cpuFields, type CpuTimes, type KernelStat } from '../contract.ts'
import { Errno } from '../errno.ts'

const malformed = (): never => {
  throw new Errno('EIO', 'stat: malformed')
}

/** A name and numbers; behind `cpu` there are two blanks. */
const line = /^([a-z_]+)(\d*) +(\d+(?: \d+)*)$/

/** An older kernel has fewer columns; those beyond the tenth are not read. */
const timesOf = (numbers: readonly number[]): CpuTimes =>
  Object.fromEntries(
    cpuFields.flatMap((field, column) => {
      const ticks = numbers[column]
      return ticks === undefined ? [] : [[field, ticks]]
    }),
  )

/** Lines of other names are left out. EIO for what lacks one of these. */
export const parseKernelStat = (text: string): KernelStat => {
  const lines = text.split('\n')
  if (lines.pop() !== '') malformed()
  const cpus: { number: number; times: CpuTimes }[] = []
  const named = new Map<string, readonly number[]>()
  for (const each of lines) {
    const [, name = '', number, rest = ''] = line.exec(each) ?? malformed()
    const numbers = rest.split(' ').map(Number)
    if (!number) named.set(name, numbers)
    else if (name === 'cpu')
      cpus.push({ number: Number(number), times: timesOf(numbers) })
  }
  const all = (name: string): readonly number[] =>
    named.get(name) ?? malformed()
  const first = (name: string): number => all(name)[0] as number
  return {
    cpu: timesOf(all('cpu')),
    cpus,
    intr: all('intr'),
    ctxt: first('ctxt'),
    btime: first('btime'),
    processes: first('processes'),
    procs_running: first('procs_running'),
    procs_blocked: first('procs_blocked'),
    softirq: all('softirq'),
  }
}
