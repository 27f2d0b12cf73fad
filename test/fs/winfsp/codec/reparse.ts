import t from 'tap'
import {
  lxSymlink,
  substituteOf,
  symlink,
  tagOf,
} from '../../../../fs/winfsp/codec/reparse.ts'
import { golden } from '../../../rig/winfsp.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const inside = { substitute: '\\1\\maps', print: 'self/', relative: true }
const away = { substitute: '\\??\\C:\\x', print: 'C:\\x', relative: false }

t.test('links are the bytes that C structures hold', t => {
  t.equal(hex(symlink(inside)), golden('symlink relative'))
  t.equal(hex(symlink(away)), golden('symlink absolute'))
  t.equal(hex(lxSymlink('pipe:[7]')), golden('symlink lx'))
  t.end()
})

t.test('a link that only tells keeps bytes that are not UTF-8', t => {
  t.equal(hex(lxSymlink('a\udcff').subarray(12)), '61ff')
  t.end()
})

t.test('what a link says is read back, wherever it lies', t => {
  const link = symlink(away)
  const whole = new Uint8Array(link.length + 3)
  whole.set(link, 3)
  t.equal(tagOf(whole.subarray(3)), 0xa000_000c)
  t.equal(substituteOf(whole.subarray(3)), away.substitute)
  t.end()
})

t.test('a link that no response could carry is ENAMETOOLONG', t => {
  const most = 16_384 - 128
  t.equal(lxSymlink('x'.repeat(most - 12)).length, most)
  t.throws(() => lxSymlink('x'.repeat(most - 11)), { code: 'ENAMETOOLONG' })
  const print = 'x'.repeat((most - 20) / 2)
  t.equal(symlink({ ...away, substitute: '', print }).length, most)
  t.throws(() => symlink({ ...away, substitute: 'x', print }), {
    code: 'ENAMETOOLONG',
  })
  t.end()
})
