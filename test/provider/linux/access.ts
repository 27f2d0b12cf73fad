import t from 'tap'
import type { Right } from '../../../provider/contract.ts'
import {
  isPublic,
  mayRead,
  type Credentials,
} from '../../../provider/linux/access.ts'
import { open } from '../../../provider/linux/index.ts'
import { chownSync } from 'node:fs'
import { missing, noRoot } from '../../rig/need.ts'
import { recorded } from '../../rig/recorded.ts'

const user = { uid: 1000, gid: 100, tid: 0 }
const root = { uid: 0, gid: 0, tid: 0 }

const own: Credentials = {
  uids: [1000, 1000, 1000],
  gids: [100, 100, 100],
  capabilities: 0n,
  owner: { uid: 1000, gid: 100 },
}

const nobodys: Credentials = {
  uids: [0, 0, 0],
  gids: [0, 0, 0],
  capabilities: 0xffn,
  owner: { uid: 0, gid: 0 },
}

const cases: readonly (readonly [string, Credentials, boolean])[] = [
  ['its own', own, true],
  ['root’s', nobodys, false],
  ['with another real uid', { ...own, uids: [1, 1000, 1000] }, false],
  ['with another effective uid', { ...own, uids: [1000, 0, 1000] }, false],
  ['with another saved uid', { ...own, uids: [1000, 1000, 0] }, false],
  ['with another real gid', { ...own, gids: [0, 100, 100] }, false],
  ['with another effective gid', { ...own, gids: [100, 42, 100] }, false],
  ['with another saved gid', { ...own, gids: [100, 100, 0] }, false],
  ['not dumpable', { ...own, owner: { uid: 0, gid: 0 } }, false],
  ['with a capability', { ...own, capabilities: 1n << 12n }, false],
]

t.test('none and limited are everyone’s, read and dup are not', async t => {
  const rights: Record<Right, boolean> = {
    none: true,
    limited: true,
    read: false,
    dup: false,
  }
  for (const [right, is] of Object.entries(rights))
    t.equal(isPublic(right as Right), is, right)
})

for (const [what, target, may] of cases)
  t.test(
    `a user ${may ? 'may' : 'may not'} read a process ${what}; root may`,
    async t => {
      t.equal(mayRead(user, target), may)
      t.equal(mayRead(root, target), true)
    },
  )

t.test('the same gid alone is not enough', async t => {
  t.equal(mayRead({ ...user, uid: 1001 }, own), false)
  t.equal(mayRead({ ...user, gid: 101 }, own), false)
})

t.test(
  'a recorded process is judged by its status and its owner',
  missing(noRoot),
  async t => {
    for (const [what, { uids, gids, capabilities, owner }, may] of cases) {
      const hex = capabilities.toString(16).padStart(16, '0')
      const facts = { pid: 7, uids, gids, capabilities: hex }
      const path = t.testdir({ '7': recorded(facts) })
      chownSync(`${path}/7`, owner.uid, owner.gid)
      const process = open({ spans: false, root: path }).process(7)
      t.strictSame(process.owner(), owner)
      for (const right of ['none', 'limited'] as const)
        t.equal(process.may(user, right), true)
      for (const right of ['read', 'dup'] as const) {
        t.equal(process.may(user, right), may, what)
        t.equal(process.may(root, right), true, what)
      }
      process.close()
    }
  },
)

t.test('a status that tells no ids judges nobody: EIO', async t => {
  const status = (text: string): (() => boolean) => {
    const files = { ...recorded({ pid: 7 }), status: `Name:\tx\n${text}` }
    const root = t.testdir({ '7': files })
    const process = open({ spans: false, root }).process(7)
    t.teardown(() => process.close())
    return () => process.may(user, 'read')
  }
  const ids = 'Uid:\t1000\t1000\t1000\t1000\nGid:\t100\t100\t100\t100\n'
  t.throws(status(''), { code: 'EIO' })
  t.throws(status(ids), { code: 'EIO' })
  t.throws(status(`${ids}CapPrm:\tx\n`), { code: 'EIO' })
  t.throws(status('Uid:\t1000\nGid:\t100\nCapPrm:\t0\n'), { code: 'EIO' })
  t.throws(status('CapPrm:\t0000000000000000\n'), { code: 'EIO' })
})
