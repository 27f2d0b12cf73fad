import t from 'tap'
import type { Right } from '../../../provider/contract.ts'
import { decide } from '../../../provider/windows/access.ts'

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
