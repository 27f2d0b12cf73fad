import t from 'tap'
import {
  identify,
  openProcess,
  openThread,
} from '../../../provider/windows/handle.ts'
import { fakeNtdll } from '../../fixtures/ntdll.ts'

const { ntdll } = fakeNtdll([])

/** What a call that opens answers (ntstatus.h), and what is made of it. */
const answers = [
  [0xc0000022, 'denied'], // STATUS_ACCESS_DENIED
  [0xc000000b, 'ESRCH'], // STATUS_INVALID_CID: no such pid or tid
  [0xc000000d, 'ESRCH'], // STATUS_INVALID_PARAMETER: 0
  [0xc000010a, 'ESRCH'], // STATUS_PROCESS_IS_TERMINATING
  [0xc0000017, 'ENOMEM'], // STATUS_NO_MEMORY
  [0xc0000001, 'EIO'], // STATUS_UNSUCCESSFUL
] as const

t.test('what is not opened is denied, gone, or an error', async t => {
  for (const [status, expected] of answers) {
    const refusing = {
      ...ntdll,
      NtOpenProcess: () => status | 0,
      NtOpenThread: () => status | 0,
    }
    for (const open of [openProcess, openThread])
      if (expected === 'denied') t.equal(open(refusing, 640, 0x1000), undefined)
      else
        t.throws(
          () => open(refusing, 640, 0x1000),
          { code: expected },
          status.toString(16),
        )
  }
})

/** Tells the basic information where `knows` has its length, and the times. */
const telling = (knows: readonly number[]) => {
  const asked: number[] = []
  const NtQueryInformationProcess = (
    _: number,
    kind: number,
    bytes: Uint8Array | null,
  ): number => {
    if (bytes === null) return 0xc000000d | 0
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (kind === 4) {
      view.setBigUint64(0, 77n, true)
      view.setBigUint64(8, 0n, true)
      return 0
    }
    asked.push(bytes.length)
    if (!knows.includes(bytes.length)) return 0xc0000004 | 0
    const at = bytes.length === 64 ? 8 : 0
    view.setInt32(at, 0x103, true)
    view.setBigUint64(at + 8, 0x7000n, true)
    view.setBigUint64(at + 32, 640n, true)
    return 0
  }
  return { asked, ntdll: { ...ntdll, NtQueryInformationProcess } }
}

// in this order: what one finds out, the next ones know
t.test('a system that tells neither is asked for both again', async t => {
  const { asked, ntdll } = telling([])
  for (let each = 0; each < 2; each++)
    t.throws(() => identify(ntdll, 4), { code: 'EIO' })
  t.same(asked, [64, 48, 64, 48])
})

t.test(
  'the extended information is asked for as long as it is told',
  async t => {
    const { asked, ntdll } = telling([48, 64])
    const told = { pid: 640, created: 77n, isGone: false, peb: 0x7000 }
    for (let each = 0; each < 2; each++) t.same(identify(ntdll, 4), told)
    t.same(asked, [64, 64])
  },
)

t.test('where there is none, that is found out once', async t => {
  const { asked, ntdll } = telling([48])
  const told = { pid: 640, created: 77n, isGone: false, peb: 0x7000 }
  for (let each = 0; each < 3; each++) t.same(identify(ntdll, 4), told)
  t.same(asked, [64, 48, 48, 48])
})
