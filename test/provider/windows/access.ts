import t from 'tap'
import type { Right } from '../../../provider/contract.ts'
import { decide, mayByToken } from '../../../provider/windows/access.ts'
import { fakeNtdll } from '../../fixtures/ntdll.ts'

/** PROCESS_* (winnt.h), as what they are asked for. */
const asked: readonly (readonly [Right, number])[] = [
  ['limited', 0x1000],
  ['read', 0x0400 | 0x0010],
  ['dup', 0x0040],
]

/** What a descriptor gives a token: nothing, some, all. */
const gifts = [0, 0x1000, 0x0400, 0x0010, 0x0410, 0x1410, 0x0040, 0x1f_ffff]

const descriptor = new Uint8Array(20)

t.test('who debugs may all, others what the descriptor gives', async t => {
  for (const isDebugger of [false, true])
    for (const found of [undefined, descriptor])
      for (const gift of gifts)
        for (const [right, access] of asked) {
          const may = decide(
            {
              isDebugger: () => isDebugger,
              descriptor: () => found,
              isGranted: (from, wanted) => {
                t.equal(from, descriptor)
                t.equal(wanted, access, `all of what ${right} asks`)
                return (gift & wanted) === wanted
              },
            },
            right,
          )
          const given = found !== undefined && (gift & access) === access
          t.equal(
            may,
            isDebugger || given,
            `${right} of ${gift.toString(16)}${isDebugger ? ', debugger' : ''}`,
          )
        }
})

t.test('nothing is asked for what everyone may', async t => {
  const surprise = (): never => {
    throw new Error('asked')
  }
  const grounds = {
    isDebugger: surprise,
    descriptor: surprise,
    isGranted: surprise,
  }
  t.ok(decide(grounds, 'none'))
  t.throws(() => decide(grounds, 'read'), { message: 'asked' })
})

t.test('a descriptor that cannot be read gives nothing', async t => {
  for (const [right] of asked)
    t.notOk(
      decide(
        {
          isDebugger: () => false,
          descriptor: () => undefined,
          isGranted: () => true,
        },
        right,
      ),
    )
})

/** winnt.h: owner, group, DACL, and the label that keeps levels apart. */
const wholeDescriptor = 0x1 | 0x2 | 0x4 | 0x10

const put = (bytes: Uint8Array | null, at: number, value: number): void => {
  if (bytes)
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true)
}

/** An ntdll.dll that grants so much, or answers an access check so. */
const granting = (
  granted: number,
  { check = 0, access = 0, debugs = 0, describes = 0 } = {},
) => {
  const asked: number[] = []
  const fake = fakeNtdll([{ pid: 640, name: 'other.exe', created: 1n }])
  const ntdll = {
    ...fake.ntdll,
    NtPrivilegeCheck: (_: number, __: unknown, has: Uint8Array | null) => {
      if (has) has[0] = debugs
      return 0
    },
    NtQuerySecurityObject: (_: number, information: number) => {
      asked.push(information)
      return describes
    },
    NtAccessCheck: (
      _: unknown,
      token: number,
      wanted: number,
      ___: unknown,
      ____: unknown,
      _____: unknown,
      gives: Uint8Array | null,
      status: Uint8Array | null,
    ) => {
      t.equal(token, 7)
      t.ok(wanted > 0)
      put(gives, 0, granted)
      put(status, 0, access)
      return check
    },
  }
  return { asked, fake, may: () => mayByToken(ntdll, 7, 640, 'read') }
}

const denied = 0xc0000022 | 0

t.test('a token is checked against the whole descriptor', async t => {
  const { asked, fake, may } = granting(0x410)
  t.ok(may())
  t.same(asked, [wholeDescriptor])
  t.equal(fake.open.size, 0, 'no HANDLE is left')
})

t.test('less than all that is asked for is nothing', async t => {
  for (const granted of [0, 0x400, 0x10, 0x1000])
    t.notOk(granting(granted).may(), granted.toString(16))
  t.notOk(granting(0x410, { access: denied }).may(), 'denied')
  t.notOk(granting(0x410, { check: denied }).may(), 'not to be checked')
  t.notOk(granting(0x410, { describes: denied }).may(), 'no descriptor')
  t.ok(granting(0, { access: denied, debugs: 1 }).may(), 'who debugs may')
})
