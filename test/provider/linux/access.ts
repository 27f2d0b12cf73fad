import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync } from 'node:fs'
import t from 'tap'
import type { Right } from '../../../provider/contract.ts'
import {
  isPublic,
  isRestricted,
  mayRead,
  type Credentials,
} from '../../../provider/linux/access.ts'
import { open } from '../../../provider/linux/index.ts'
import { openProcess } from '../../../provider/linux/process.ts'
import { fixture, start } from '../../rig/fixture.ts'
import {
  missing,
  noCompiler,
  noLinux,
  noProgram,
  noRoot,
} from '../../rig/need.ts'
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

t.test('none and limited are everyone’s, no other right is', async t => {
  const rights: Record<Right, boolean> = {
    none: true,
    limited: true,
    read: false,
    attach: false,
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
  'a recorded process is judged by its status and who owns its maps',
  missing(noRoot),
  async t => {
    for (const [what, { uids, gids, capabilities, owner }, may] of cases) {
      const hex = capabilities.toString(16).padStart(16, '0')
      const facts = { pid: 7, uids, gids, capabilities: hex }
      const path = t.testdir({ '7': recorded(facts, { maps: '' }) })
      chownSync(`${path}/7/maps`, owner.uid, owner.gid)
      const process = open({ spans: false, root: path }).process(7)
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
    const files = {
      ...recorded({ pid: 7 }),
      maps: '',
      status: `Name:\tx\n${text}`,
    }
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

/** Arguments of the fixture: three uids, three gids, dumpable, keep. */
const lives: readonly (readonly [string, readonly number[]])[] = [
  ['its own', [7, 7, 7, 8, 8, 8, 1, 0]],
  ['with another real uid', [9, 7, 7, 8, 8, 8, 1, 0]],
  ['with another effective uid', [7, 9, 7, 8, 8, 8, 1, 0]],
  ['with another saved uid', [7, 7, 9, 8, 8, 8, 1, 0]],
  ['with another real gid', [7, 7, 7, 9, 8, 8, 1, 0]],
  ['with another effective gid', [7, 7, 7, 8, 9, 8, 1, 0]],
  ['with another saved gid', [7, 7, 7, 8, 8, 9, 1, 0]],
  ['that root may come back to', [7, 7, 0, 8, 8, 8, 1, 0]],
  ['not dumpable', [7, 7, 7, 8, 8, 8, 0, 0]],
  ['with capabilities', [7, 7, 7, 8, 8, 8, 1, 1]],
  ['root’s', [0, 0, 0, 0, 0, 0, 1, 0]],
  ['another user’s', [9, 9, 9, 8, 8, 8, 1, 0]],
]

/** Whether the kernel itself lets a user read a process. */
const kernelLets = (pid: number, uid: number, gid: number): boolean =>
  spawnSync('cat', [`/proc/${pid}/maps`], { uid, gid }).status === 0

t.test(
  'a live process may be read by whom the kernel lets read it',
  missing(noLinux, noRoot, noCompiler, noProgram('cat')),
  async t => {
    const who = fixture('who')
    t.teardown(() => who.remove())
    for (const [what, ids] of lives) {
      const { pid, end } = await start(who.path, ids.map(String))
      const process = open({ spans: false }).process(pid)
      for (const [uid, gid] of [
        [7, 8],
        [9, 8],
        [7, 9],
        [0, 0],
      ] as const)
        t.equal(
          process.may({ uid, gid, tid: 0 }, 'read'),
          kernelLets(pid, uid, gid),
          `${what}, by ${uid}:${gid}`,
        )
      process.close()
      await end()
    }
  },
)

t.test(
  'a process that changes hands is judged as what it became',
  missing(noLinux, noRoot, noProgram('setpriv')),
  async t => {
    const id = { uid: 7, gid: 8, tid: 0 }
    // a line on stdin is when it turns
    const script =
      'read line; exec setpriv --reuid 7 --regid 8 --clear-groups cat'
    const child = spawn('sh', ['-c', script], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    await once(child, 'spawn')
    const process = open({ spans: false }).process(child.pid as number)
    t.teardown(() => process.close())
    t.equal(process.may(id, 'read'), false)
    child.stdin.write('\n')
    for (const until = Date.now() + 60_000; Date.now() < until;)
      if (process.comm?.() === 'cat' && process.may(id, 'read')) break
    t.equal(process.comm?.(), 'cat')
    t.equal(process.may(id, 'read'), true, 'the same process, of another user')
    child.stdin.end()
    await once(child, 'exit')
  },
)

t.test('who may attach where Yama says that not all may', async t => {
  const restricted = (scope: string | undefined) => {
    const yama = scope === undefined ? {} : { ptrace_scope: scope }
    const folder = t.testdir({
      '7': {
        ...recorded({ pid: 7, uids: [5, 5, 5], gids: [5, 5, 5] }),
        maps: '',
      },
      sys: { kernel: { yama } },
    })
    const process = openProcess(folder, 7, false)
    const found = {
      restricted: isRestricted(`${folder}/7`),
      root: process.may(root, 'attach'),
    }
    process.close()
    return found
  }
  for (const [scope, is] of [
    [undefined, false],
    ['0\n', false],
    ['1\n', true],
    ['2\n', true],
    ['3\n', true],
  ] as const)
    t.match(restricted(scope), { restricted: is, root: true }, `${scope}`)
  t.throws(
    () => {
      const folder = t.testdir({
        '7': {},
        sys: { kernel: { yama: { ptrace_scope: {} } } },
      })
      return isRestricted(`${folder}/7`)
    },
    { code: 'EISDIR' },
  )
})

t.test(
  'a user attaches to a process of its own, but not past Yama',
  missing(noLinux, noRoot),
  async t => {
    for (const [scope, may] of [
      ['0\n', true],
      ['1\n', false],
    ] as const) {
      const folder = t.testdir({
        '7': {
          ...recorded({ pid: 7, uids: [5, 5, 5], gids: [5, 5, 5] }),
          maps: '',
        },
        sys: { kernel: { yama: { ptrace_scope: scope } } },
      })
      chownSync(`${folder}/7/maps`, 5, 5)
      const process = openProcess(folder, 7, false)
      const caller = { uid: 5, gid: 5, tid: 0 }
      t.equal(process.may(caller, 'read'), true)
      t.equal(process.may(caller, 'attach'), may)
      process.close()
    }
  },
)
