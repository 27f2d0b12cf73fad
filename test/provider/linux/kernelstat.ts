import { readFileSync } from 'node:fs'
import t from 'tap'
import { kernelStat } from '../../../fs/document/kernelstat.ts'
import { open } from '../../../provider/linux/index.ts'
import { missing, noLinux } from '../../rig/need.ts'

const lines = [
  'cpu  11 22 33 44 55 66 77 88 99 110',
  'cpu0 1 2 3 4 5 6 7 8 9 10',
  'cpu3 10 20 30 40',
  'intr 60 0 20 40',
  'ctxt 635754695',
  'btime 1795381483',
  'processes 592304',
  'procs_running 2',
  'procs_blocked 1',
  'softirq 66 1 2 3 4 5 6 7 8 9 21',
]

const stat = (...lines: readonly string[]) =>
  open({
    spans: false,
    root: t.testdir({ stat: lines.map(line => `${line}\n`).join('') }),
  }).stat?.()

t.test('stat is read by its names', async t => {
  t.match(stat(...lines, 'new 1 2', 'new2 1'), {
    cpu: { user: 11, idle: 44, guest_nice: 110 },
    intr: [60, 0, 20, 40],
    ctxt: 635_754_695,
    btime: 1_795_381_483,
    processes: 592_304,
    procs_running: 2,
    procs_blocked: 1,
    softirq: [66, 1, 2, 3, 4, 5, 6, 7, 8, 9, 21],
  })
  const [first, second] = stat(...lines)?.cpus ?? []
  t.match(first, { number: 0, times: { user: 1, guest_nice: 10 } })
  t.strictSame(second, {
    number: 3,
    times: { user: 10, nice: 20, system: 30, idle: 40 },
  })
})

t.test('what lacks a line or has a broken one is EIO', async t => {
  const named = lines.filter(line => !/^cpu\d/.test(line))
  for (const left of named)
    t.throws(() => stat(...lines.filter(line => line !== left)), {
      code: 'EIO',
    })
  for (const wrong of ['', 'ctxt', 'ctxt x', 'ctxt -1', 'ctxt 1 ', 'ctxt 1.5'])
    t.throws(() => stat(...lines, wrong), { code: 'EIO' }, wrong)
  t.throws(
    () =>
      open({
        spans: false,
        root: t.testdir({ stat: lines.join('\n') }),
      }).stat?.(),
    { code: 'EIO' },
    'cut short',
  )
})

/** Names, each with its numbers. */
const numbers = (text: string): [string, number[]][] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => {
      const [name = '', ...rest] = line.split(/ +/)
      return [name, rest.map(Number)]
    })

/**
 * Idle and iowait may run back (proc(5)), and so do what runs and what is
 * blocked.
 */
const drifts = (name: string, column: number): boolean =>
  name.startsWith('procs_') ||
  (name.startsWith('cpu') && [3, 4].includes(column))

t.test('lines and numbers are the kernel’s', missing(noLinux), async t => {
  const kernels = (): string => readFileSync('/proc/stat', 'utf8')
  const before = kernels()
  const ours = [...kernelStat(open({ spans: false }))].join('')
  const after = kernels()
  const shape = (text: string): string => text.replaceAll(/\d+(?= |\n)/g, 'n')
  t.equal(shape(ours), shape(before))
  t.match(ours, /^cpu  \d+ /)
  const [low, high] = [numbers(before), numbers(after)]
  for (const [row, [name, told]] of numbers(ours).entries())
    for (const [column, number] of told.entries()) {
      if (drifts(name, column)) continue
      const [least, most] = [low[row]?.[1][column], high[row]?.[1][column]]
      if (number < (least ?? NaN) || number > (most ?? NaN))
        t.fail(`${name} ${column}: ${least} <= ${number} <= ${most}`)
    }
})
