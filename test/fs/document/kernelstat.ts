import t from 'tap'
import { printSystem } from '../../rig/document.ts'

const zeros = (count: number): string => Array(count).fill(0).join(' ')

t.test('each line as the kernel has it', t => {
  const cpu = {
    user: 1,
    nice: 2,
    system: 3,
    idle: 4,
    iowait: 5,
    irq: 6,
    softirq: 7,
    steal: 8,
    guest: 9,
    guest_nice: 10,
  }
  const stat = {
    cpu,
    cpus: [
      { number: 0, times: cpu },
      { number: 7, times: { idle: 40 } },
    ],
    intr: [60, 0, 20, 40],
    ctxt: 11,
    btime: 1_795_381_483,
    processes: 12,
    procs_running: 13,
    procs_blocked: 14,
    softirq: [66, 1, 2, 3, 4, 5, 6, 7, 8, 9, 21],
  }
  t.equal(
    printSystem('kernelStat', { stat }),
    [
      'cpu  1 2 3 4 5 6 7 8 9 10',
      'cpu0 1 2 3 4 5 6 7 8 9 10',
      'cpu7 0 0 0 40 0 0 0 0 0 0',
      'intr 60 0 20 40',
      'ctxt 11',
      'btime 1795381483',
      'processes 12',
      'procs_running 13',
      'procs_blocked 14',
      'softirq 66 1 2 3 4 5 6 7 8 9 21',
      '',
    ].join('\n'),
  )
  const more = { ...stat, softirq: [...stat.softirq, 5] }
  t.match(printSystem('kernelStat', { stat: more }), / 9 21 5\n$/)
  t.end()
})

t.test('a machine that does not know has counted nothing', t => {
  t.equal(
    printSystem('kernelStat', {}),
    [
      `cpu  ${zeros(10)}`,
      'intr 0',
      'ctxt 0',
      'btime 0',
      'processes 0',
      'procs_running 0',
      'procs_blocked 0',
      `softirq ${zeros(11)}`,
      '',
    ].join('\n'),
  )
  t.end()
})
