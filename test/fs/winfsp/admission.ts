import t from 'tap'
import { admissionOf } from '../../../fs/winfsp/admission.ts'
import { isDescriptor } from '../../../fs/winfsp/codec/descriptor.ts'
import { fileMapping } from '../../../fs/winfsp/descriptor.ts'
import { accessCheck, sidOf, type Identity } from '../../rig/accesscheck.ts'

const user = 'S-1-5-21-1-2-3-1001'
const everyone = 'S-1-1-0'
const administrators = 'S-1-5-32-544'

/** Who comes to a volume. */
const visitors = {
  user: { level: 'medium', sids: [user, everyone], denyOnly: [administrators] },
  elevated: { level: 'high', sids: [user, everyone, administrators] },
  lowered: { level: 'low', sids: [user, everyone] },
  other: { level: 'medium', sids: ['S-1-5-21-1-2-3-1002', everyone] },
  // without its elevation, it is nobody here
  otherAdmin: {
    level: 'medium',
    sids: ['S-1-5-21-1-2-3-500', everyone],
    denyOnly: [administrators],
  },
  otherElevated: {
    level: 'high',
    sids: ['S-1-5-21-1-2-3-500', everyone, administrators],
  },
  system: { level: 'system', sids: ['S-1-5-18', everyone, administrators] },
  localService: { level: 'system', sids: ['S-1-5-19', everyone] },
  anonymous: { level: 'low', sids: ['S-1-5-7'] },
  appContainer: { level: 'low', sids: ['S-1-15-2-1'] },
} as const satisfies Record<string, Identity>

type Visitor = keyof typeof visitors

const all = Object.keys(visitors) as Visitor[]
const own: readonly Visitor[] = [
  'user',
  'elevated',
  'lowered',
  'otherElevated',
  'system',
]
/** Who is let in wherever it is. */
const privileged: readonly Visitor[] = ['elevated', 'otherElevated', 'system']
const known = all.filter(
  name => name !== 'anonymous' && name !== 'appContainer',
)

/** FILE_GENERIC_READ and _EXECUTE; every right that changes something. */
const reading = 0x12_00a9
const changing = [0x2, 0x4, 0x10, 0x40, 0x100, 0x1_0000, 0x4_0000, 0x8_0000]

for (const [name, sid, isElevated, isOpen] of [
  ['a user', user, false, false],
  ['a user with elevation', user, true, true],
  ['the system', 'S-1-5-18', true, true],
  ['the system, whatever its token says', 'S-1-5-18', false, true],
  ['LocalService', 'S-1-5-19', false, true],
  ['NetworkService', 'S-1-5-20', false, true],
  ['the account of a service', 'S-1-5-80-1-2-3-4-5', false, true],
  ['a user whose SID begins alike', 'S-1-5-181', false, false],
  ['a user of many parts', 'S-1-5-18-1', false, false],
  ['a guest of a domain', 'S-1-5-21-80-19-20-501', false, false],
] as const)
  t.test(`mounted by ${name}`, async t => {
    const { descriptor, ...rest } = admissionOf(sidOf(sid), isElevated)
    t.same(rest, { isOpen })
    t.ok(isDescriptor(descriptor))
    const gives = (visitor: Identity, access: number): boolean =>
      accessCheck(descriptor, visitor, access, fileMapping)
    t.equal(
      gives({ level: 'medium', sids: [sid, everyone] }, reading),
      true,
      'who mounts may read',
    )
    const readers = all.filter(visitor => gives(visitors[visitor], reading))
    const narrow = sid === user ? own : privileged
    t.same(readers, isOpen ? known : narrow)
    for (const visitor of all)
      for (const access of changing)
        t.notOk(gives(visitors[visitor], access), `${visitor} ${access}`)
  })
