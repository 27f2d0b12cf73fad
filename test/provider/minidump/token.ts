import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { tokenOf } from '../../../provider/minidump/token.ts'
import { spellSid } from '../../../provider/nt/sid.ts'
import { dumpOf, sourceOf, words } from '../../fixtures/dump.ts'

const sid = (...parts: number[]): Buffer =>
  Buffer.concat([Buffer.of(1, parts.length, 0, 0, 0, 0, 0, 5), words(...parts)])

const user = Buffer.concat([words(8, 0), sid(21, 1, 2, 3, 1001)])
const group = Buffer.concat([words(8), sid(32, 544)])

/** A token as Windows 7's dbghelp writes it. */
const token = (id: number, session: number): Buffer => {
  const [sessionAt, userAt] = [0x48, 0x50]
  const groupAt = userAt + user.length
  const head = words(groupAt + group.length, id, 8, 0)
  const places = words(
    sessionAt,
    4,
    userAt,
    user.length,
    0,
    0,
    groupAt,
    group.length,
  )
  const rest = Buffer.alloc(sessionAt - head.length - places.length)
  return Buffer.concat([head, places, rest, words(session, 0), user, group])
}

const list = (...tokens: Buffer[]): Buffer => {
  const all = Buffer.concat(tokens)
  return Buffer.concat([words(16 + all.length, tokens.length, 16, 0x48), all])
}

const tokenIn = (stream: Uint8Array, pid = 42) =>
  tokenOf(openDump(sourceOf(dumpOf({ others: [[19, stream]] }))), pid)

t.test('the process’s own token is found among those of threads', t => {
  const found = tokenIn(list(token(8, 1), token(42, 7)))
  t.equal(found?.session, 7)
  t.equal(found?.user && spellSid(found.user), 'S-1-5-21-1-2-3-1001')
  t.equal(found?.group && spellSid(found.group), 'S-1-5-32-544')
  t.equal(tokenIn(list(token(8, 1))), undefined)
  t.equal(tokenIn(list()), undefined)
  t.equal(
    tokenOf(openDump(sourceOf(dumpOf({ misc: [1, 2, 3] }))), 42),
    undefined,
  )
  t.end()
})

t.test('a part that is not where it should be is left out', t => {
  const changed = (at: number, value: number): Buffer => {
    const bytes = list(token(42, 7))
    bytes.writeUInt32LE(value, 16 + at)
    return bytes
  }
  t.same(Object.keys(tokenIn(changed(0x10, 0xffff_ffff)) ?? {}), [
    'user',
    'group',
  ])
  t.same(Object.keys(tokenIn(changed(0x14, 8)) ?? {}), ['user', 'group'])
  t.same(Object.keys(tokenIn(changed(0x18, 0xffff_fff0)) ?? {}), [
    'session',
    'group',
  ])
  t.same(Object.keys(tokenIn(changed(0x1c, 4)) ?? {}), ['session', 'group'])
  t.same(Object.keys(tokenIn(changed(0x28, 1)) ?? {}), ['session', 'user'])
  t.end()
})

t.test('sizes that contradict each other are EIO', t => {
  const changed = (at: number, value: number): Buffer => {
    const bytes = list(token(42, 7))
    bytes.writeUInt32LE(value, at)
    return bytes
  }
  for (const size of [0, 39, 0xffff, 0xffff_ffff])
    t.throws(() => tokenIn(changed(16, size)), {
      code: 'EIO',
      message: /Token: one of \d+ bytes/,
    })
  t.equal(tokenIn(changed(8, 0xffff_ffff)), undefined, 'no list')
  t.equal(tokenIn(changed(4, 0xffff_ffff))?.session, 7, 'found before its end')
  t.equal(tokenIn(changed(4, 0xffff_ffff), 43), undefined, 'the end of bytes')
  t.end()
})
