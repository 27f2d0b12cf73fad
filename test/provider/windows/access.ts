import t from 'tap'
import type { Right } from '../../../provider/contract.ts'
import { decide, mayByToken } from '../../../provider/windows/access.ts'
import { fakeNtdll } from '../../fixtures/ntdll.ts'
import {
  accessCheck,
  descriptorOf,
  type Identity,
  type Parts,
} from '../../rig/accesscheck.ts'

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

const user = 'S-1-5-21-1-2-3-1001'
const administrators = 'S-1-5-32-544'
const system = 'S-1-5-18'
const everyone = 'S-1-1-0'

const full = 0x1f_ffff
/** NO_WRITE_UP and NO_READ_UP: what processes are made with. */
const noUp = 1 | 2

const own = [
  ['allow', full, user],
  ['allow', full, system],
] as const

/** Processes, by their descriptors. */
const targets = {
  own: { owner: user, dacl: own, label: ['medium', noUp] },
  lowered: { owner: user, dacl: own, label: ['low', noUp] },
  elevated: {
    owner: administrators,
    dacl: [...own, ['allow', full, administrators]],
    label: ['high', noUp],
  },
  service: {
    owner: system,
    dacl: [
      ['allow', full, system],
      ['allow', 0x12_1411, administrators],
    ],
    label: ['system', noUp],
  },
  // of Windows's own rule without a label: write up alone is denied
  unlabelled: { owner: user, dacl: own },
  denying: {
    owner: user,
    dacl: [['deny', 0x10, user], ...own],
    label: ['medium', noUp],
  },
  denyingAdmins: {
    owner: user,
    dacl: [
      ['deny', full, administrators],
      ['allow', full, everyone],
    ],
    label: ['medium', noUp],
  },
  generic: {
    owner: user,
    // GENERIC_READ
    dacl: [['allow', 0x8000_0000, everyone]],
    label: ['low', noUp],
  },
  closed: { owner: user, dacl: [], label: ['low', noUp] },
  open: { owner: user, label: ['medium', noUp] },
} as const satisfies Record<string, Parts>

/** Who asks. */
const callers = {
  low: { level: 'low', sids: [user, everyone] },
  // an administrator's usual token: not elevated
  medium: {
    level: 'medium',
    sids: [user, everyone],
    denyOnly: [administrators],
  },
  high: { level: 'high', sids: [user, everyone, administrators] },
  debugger: {
    level: 'high',
    sids: [user, everyone, administrators],
    isDebugger: true,
  },
  other: { level: 'medium', sids: ['S-1-5-21-1-2-3-1002', everyone] },
  system: { level: 'system', sids: [system, everyone, administrators] },
} as const satisfies Record<string, Identity>

/** A token's number is its place here. */
const identities = Object.values(callers) as readonly Identity[]

/**
 * What each may: L, R and D are limited, read and dup; in the order of
 * `callers`.
 */
const table: readonly (readonly [keyof typeof targets, string])[] = [
  //                low medium high debugger other system
  ['own', '         L   LRD    LRD  LRD      -     LRD'],
  ['lowered', '     LRD LRD    LRD  LRD      -     LRD'],
  ['elevated', '    L   L      LRD  LRD      -     LRD'],
  ['service', '     -   -      L    LRD      -     LRD'],
  ['unlabelled', '  LR  LRD    LRD  LRD      -     LRD'],
  ['denying', '     L   LD     LD   LRD      -     LRD'],
  ['denyingAdmins', 'L  -      -    LRD      LRD   -'],
  ['generic', '     R   R      R    LRD      R     R'],
  ['closed', '      -   -      -    LRD      -     -'],
  ['open', '        L   LRD    LRD  LRD      LRD   LRD'],
]

/** An ntdll.dll that decides as Windows does, of this process. */
const deciding = (target: Parts) => {
  const { ntdll } = fakeNtdll([{ pid: 640, name: 'a.exe', created: 1n }])
  return {
    ...ntdll,
    NtPrivilegeCheck: (token: number, _: unknown, has: Uint8Array | null) => {
      if (has) has[0] = identities[token]?.isDebugger ? 1 : 0
      return 0
    },
    NtQuerySecurityObject: (
      _: number,
      information: number,
      bytes: Uint8Array | null,
    ) => {
      bytes?.fill(0xee)
      bytes?.set(descriptorOf(target, information))
      return 0
    },
    NtAccessCheck: (
      descriptor: Uint8Array | null,
      token: number,
      wanted: number,
      mapping: Uint8Array | null,
      _: unknown,
      __: unknown,
      gives: Uint8Array | null,
      status: Uint8Array | null,
    ) => {
      const classes = Buffer.from(mapping as Uint8Array)
      const is = accessCheck(
        descriptor as Uint8Array,
        identities[token] as Identity,
        wanted,
        [0, 4, 8, 12].map(at => classes.readUInt32LE(at)),
      )
      put(gives, 0, is ? wanted : 0)
      put(status, 0, is ? 0 : denied)
      return 0
    },
  }
}

t.test('levels, descriptors and privileges', async t => {
  for (const [target, told] of table) {
    const ntdll = deciding(targets[target])
    const rows = told.trim().split(/ +/)
    t.equal(rows.length, identities.length)
    for (const [token, caller] of Object.keys(callers).entries())
      t.equal(
        asked
          .filter(([right]) => mayByToken(ntdll, token, 640, right))
          .map(([right]) => right.slice(0, 1).toUpperCase())
          .join('') || '-',
        rows[token],
        `${caller} of ${target}`,
      )
  }
})
