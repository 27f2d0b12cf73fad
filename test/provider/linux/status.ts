import t from 'tap'
import { codeOf } from '../../../provider/errno.ts'
import { parseStatus, statusField } from '../../../provider/linux/status.ts'
import { randomOf } from '../../rig/random.ts'
import { statusText } from '../../rig/recorded.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

t.test('a size loses its padding and its unit, others nothing', async t => {
  const text =
    'Name:\tcat\nState:\tR (running)\nUid:\t0\t1\t2\t3\nGroups:\t0 10 \n' +
    'VmRSS:\t    1716 kB\nVmData:\t12345678 kB\nSeccomp:\t0\nEmpty:\t\n'
  t.strictSame(parseStatus(bytes(text)), {
    Name: 'cat',
    State: 'R (running)',
    Uid: '0\t1\t2\t3',
    Groups: '0 10 ',
    VmRSS: '1716',
    VmData: '12345678',
    Seccomp: '0',
    Empty: '',
  })
})

const names: readonly (readonly [string, string])[] = [
  ['plain', 'plain'],
  ['    12 kB', '    12 kB'],
  ['  blanks  ', '  blanks  '],
  ['two\\nlines', 'two\nlines'],
  ['a\\\\n', 'a\\n'],
  ['\\\\\\n', '\\\n'],
  ['Uid:\t7', 'Uid:\t7'],
  ['\xff', '\udcff'],
  ['\xc3\xa9', 'é'],
]
for (const [written, name] of names)
  t.test(`the name ${JSON.stringify(name)} is itself`, async t => {
    const text = bytes(statusText({ pid: 7, comm: written, uids: [1, 2, 3] }))
    t.equal(parseStatus(text)['Name'], name)
    t.equal(parseStatus(text)['Uid'], '1\t2\t3\t2')
    t.equal(statusField(text, 'Uid'), '1\t2\t3\t2')
  })

t.test('a line without a key, or an end, is EIO', async t => {
  for (const text of ['Name\n', ':\tx\n', '\n', 'Name:\tx', 'Name: x\n'])
    t.throws(() => parseStatus(bytes(text)), { code: 'EIO' }, text)
})

t.test('a field alone: undefined if absent, EIO if cut', async t => {
  const text = bytes('Name:\tx\nTgid:\t12\nUid:\t1\t1')
  t.equal(statusField(text, 'Tgid'), '12')
  t.equal(statusField(text, 'Gid'), undefined)
  t.throws(() => statusField(text, 'Uid'), { code: 'EIO' })
})

t.test('60,000 mutations of status are read or EIO', async t => {
  const random = randomOf(3)
  const whole = statusText({ pid: 7 })
  const seen = { read: 0, EIO: 0 }
  for (let round = 0; round < 60_000; round++) {
    const text = bytes(whole)
    for (let edits = 1 + random(2); edits > 0; edits--)
      text[random(text.length)] = random(256)
    const cut = text.subarray(0, random(4) ? text.length : random(text.length))
    try {
      for (const value of Object.values(parseStatus(cut)))
        if (typeof value !== 'string') t.fail(String(value))
      statusField(cut, 'Uid')
      seen.read++
    } catch (thrown) {
      if (codeOf(thrown) !== 'EIO') throw thrown
      seen.EIO++
    }
  }
  t.ok(seen.read > 1000)
  t.ok(seen.EIO > 1000)
})
