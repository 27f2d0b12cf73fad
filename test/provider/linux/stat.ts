import t from 'tap'
import { statFields } from '../../../provider/contract.ts'
import { codeOf } from '../../../provider/errno.ts'
import { parseStat, parseStatm, startOf } from '../../../provider/linux/stat.ts'
import { randomOf } from '../../rig/random.ts'
import { statText } from '../../rig/recorded.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

t.test('every field of stat has its own number', async t => {
  const stat = parseStat(bytes(statText({ pid: 7, start: 22, vsize: 23 })))
  t.equal(stat.pid, 7)
  t.equal(stat.comm, 'recorded')
  t.equal(stat.state, 'S')
  t.strictSame(
    statFields.map(field => stat[field]),
    statFields.map((_, index) => index + 4),
  )
})

const comms = [
  '',
  ')',
  ' ',
  'a) R (b',
  ') S 1 2 3',
  'two\nlines',
  '(',
  '\xc3\xa9',
  '\xff',
]
for (const comm of comms)
  t.test(`the comm ${JSON.stringify(comm)} is found`, async t => {
    const text = bytes(statText({ pid: 7, comm, start: 99 }))
    const stat = parseStat(text)
    t.equal(stat.comm, comm.replace('\xc3\xa9', 'é').replace('\xff', '\udcff'))
    t.equal(stat.starttime, 99)
    t.equal(startOf(text), 99n)
  })

t.test('numbers are negative, or bigints where they must be', async t => {
  const numbers = Array.from({ length: 49 }, () => '0')
  numbers[statFields.indexOf('tpgid')] = '-1'
  numbers[statFields.indexOf('rsslim')] = '18446744073709551615'
  numbers[statFields.indexOf('starttime')] = '9007199254740993'
  const text = bytes(`1 (init) S ${numbers.join(' ')}\n`)
  const stat = parseStat(text)
  t.equal(stat.tpgid, -1)
  t.equal(stat.rsslim, 18446744073709551615n)
  t.equal(startOf(text), 9007199254740993n)
})

t.test('fields that an older kernel lacks are absent', async t => {
  const text = statText({ pid: 7 }).split(' ').slice(0, 42).join(' ')
  const stat = parseStat(bytes(`${text}\n`))
  t.equal(stat.guest_time, undefined)
  t.equal(Object.hasOwn(stat, 'guest_time'), false)
  t.equal(stat.delayacct_blkio_ticks, 42)
})

t.test('fields that a newer kernel adds are not read', async t => {
  const text = statText({ pid: 7 }).replace('\n', ' 77 -x\n')
  t.strictSame(parseStat(bytes(text)), parseStat(bytes(statText({ pid: 7 }))))
})

const whole = statText({ pid: 7 })
const wrong: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['no newline', whole.slice(0, -1)],
  ['no parentheses', whole.replace('(', '').replace(')', '')],
  ['a pid that is none', whole.replace('7 (', '-7 (')],
  ['a pid past all bounds', whole.replace('7 (', '18446744073709551615 (')],
  ['a state of two letters', whole.replace(' S ', ' SS ')],
  ['no start time', '7 (x) S 1 2 3 4 5 6 7 8\n'],
  ['a number that is none', whole.replace(' 52\n', ' 5x\n')],
  ['two blanks', whole.replace(' 52\n', '  52\n')],
]
for (const [what, text] of wrong)
  t.test(`a stat with ${what} is EIO`, async t => {
    t.throws(() => parseStat(bytes(text)), { code: 'EIO' })
  })

t.test('a start time that is none is EIO', async t => {
  t.throws(() => startOf(bytes('')), { code: 'EIO' })
  t.throws(() => startOf(bytes('7 (x) S 1 2\n')), { code: 'EIO' })
  t.throws(() => startOf(bytes(whole.replace(' 4242 ', ' x '))), {
    code: 'EIO',
  })
})

t.test('statm is five of its seven numbers', async t => {
  t.strictSame(parseStatm(bytes('7 6 5 4 0 2 0\n')), {
    size: 7,
    resident: 6,
    shared: 5,
    text: 4,
    data: 2,
  })
  for (const text of [
    '',
    '\n',
    '1 2 3 4 5 6\n',
    '1 2 3 4 5 6 7',
    '1 2 3 4 5 6 7\n8',
    '1 -2 3 4 0 6 0\n',
  ])
    t.throws(() => parseStatm(bytes(text)), { code: 'EIO' }, text)
})

t.test('60,000 mutations of stat are read or EIO', async t => {
  const random = randomOf(2)
  const seen = { read: 0, EIO: 0 }
  for (let round = 0; round < 60_000; round++) {
    const text = bytes(whole)
    for (let edits = 1 + random(3); edits > 0; edits--)
      text[random(text.length)] = random(256)
    const end = random(4) === 0 ? random(text.length) : text.length
    try {
      const { comm, state, pid } = parseStat(text.subarray(0, end))
      if (!(pid >= 0) || state.length !== 1) t.fail(`${pid} ${comm} ${state}`)
      seen.read++
    } catch (thrown) {
      if (codeOf(thrown) !== 'EIO') throw thrown
      seen.EIO++
    }
  }
  t.ok(seen.read > 1000)
  t.ok(seen.EIO > 1000)
})
