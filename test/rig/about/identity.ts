import type { System } from '../../../provider/contract.ts'
import { failing, refusal, told, type About } from '../told.ts'

export const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => at === 0 || number > Number(numbers[at - 1]))

/** No id of a process or a thread, anywhere. */
export const noIds = [-1, 0.5, Number.NaN, 2 ** 40, Number.POSITIVE_INFINITY]

const stranger = { uid: 0xffff_fffe, gid: 0xffff_fffe, tid: 0 }

/** A process is the one of its pid and its start, and no other. */
export const aboutIdentity =
  (system: System): About =>
  ({ pid, tid, start }) => {
    const again = system.process(pid, start)
    again.verify()
    again.close()
    again.close()
    const other = refusal(() => {
      const process = system.process(pid, start + 1n)
      try {
        process.verify()
      } finally {
        process.close()
      }
    })
    return failing([
      ['its own thread has its pid', tid === pid],
      ['it has its pid twice', again.pid === pid],
      ['it has its start twice', again.start === start],
      ['with another start it is no other', other === 'ESRCH'],
    ])
  }

export const aboutThreads =
  (system: System): About =>
  process => {
    const tids = process.tids()
    return failing([
      ['has a thread', tids.length > 0],
      ['its threads ascend', isAscending(tids)],
      ...tids.flatMap(tid => {
        const found = told(() => process.thread(tid))?.tid ?? tid
        const leader = system.leader(tid) ?? process.pid
        return [
          [`thread ${tid} has its number`, found === tid],
          [`thread ${tid} leads to its process`, leader === process.pid],
        ] as const
      }),
      ...noIds.map(
        tid =>
          [
            `there is no thread ${tid}`,
            refusal(() => process.thread(tid)) === 'ESRCH',
          ] as const,
      ),
    ])
  }

export const aboutRights: About = process => {
  const { uid, gid } = process.owner()
  return failing([
    ['its owner has ids', [uid, gid].every(id => id >= 0 && id % 1 === 0)],
    ['it is there for everyone', process.may(stranger, 'none')],
    ['a stranger may not read it', !process.may(stranger, 'read')],
  ])
}
