import t from 'tap'
import { Claim, Claims, stateOf } from '../../fs/claim.ts'

const fresh = (slots = 1) =>
  new Claims(new Int32Array(new SharedArrayBuffer(slots * 4)))

t.test('a slot that was never armed can not be won', async t => {
  const claims = fresh()
  t.notOk(claims.win(0, claims.word(0), Claim.walker))
  t.equal(stateOf(claims.word(0)), Claim.free)
})

t.test('only the first to claim a pending slot wins it', async t => {
  const claims = fresh()
  claims.arm(0)
  const word = claims.word(0)
  t.ok(claims.win(0, word, Claim.deadline))
  t.equal(stateOf(claims.word(0)), Claim.deadline)
  for (const state of [Claim.walker, Claim.interrupt, Claim.stop])
    t.notOk(claims.win(0, word, state))
  t.equal(stateOf(claims.word(0)), Claim.deadline)
})

t.test('a claim that comes after the slot was armed anew is lost', async t => {
  const claims = fresh()
  claims.arm(0)
  const old = claims.word(0)
  claims.win(0, old, Claim.deadline)
  claims.arm(0)
  t.equal(stateOf(claims.word(0)), Claim.pending)
  t.notOk(claims.win(0, old, Claim.walker), 'the late walker')
  t.ok(claims.win(0, claims.word(0), Claim.walker), 'its new owner')
})

t.test('an answer marks its own use of the slot only', async t => {
  const claims = fresh()
  claims.arm(0)
  const first = claims.word(0)
  claims.win(0, first, Claim.walker)
  claims.answered(0, first)
  t.equal(stateOf(claims.word(0)), Claim.answered)
  claims.arm(0)
  claims.answered(0, first)
  t.equal(stateOf(claims.word(0)), Claim.pending)
})

t.test('the watchdog buries what is pending or claimed, not answered', t => {
  const claims = fresh(4)
  for (const slot of [0, 1, 2]) claims.arm(slot)
  claims.win(1, claims.word(1), Claim.walker)
  const third = claims.word(2)
  claims.win(2, third, Claim.walker)
  claims.answered(2, third)
  t.same(
    [0, 1, 2, 3].map(slot => claims.bury(slot, claims.word(slot))),
    [true, true, false, false],
  )
  t.equal(stateOf(claims.word(1)), Claim.lost)
  claims.arm(2)
  t.notOk(claims.bury(2, third), 'nor what the slot holds by now')
  t.end()
})

t.test('a slot is armed 2^29 times before a word comes back', async t => {
  const words = new Int32Array(new SharedArrayBuffer(4))
  const claims = new Claims(words)
  words[0] = -8 | Claim.answered // the last use
  claims.arm(0)
  t.equal(claims.word(0), Claim.pending)
})
