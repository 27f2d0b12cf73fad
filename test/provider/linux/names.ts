import t from 'tap'
import { canonical, idsOf, isId } from '../../../provider/linux/names.ts'

const names: readonly (readonly [string, boolean])[] = [
  ['1', true],
  ['10', true],
  ['4194304', true],
  ['0', false],
  ['01', false],
  ['+1', false],
  ['-1', false],
  ['1x', false],
  ['x1', false],
  [' 1', false],
  ['1\n', false],
  ['', false],
  ['self', false],
  ['12345678901', false],
]
for (const [name, is] of names)
  t.test(`${JSON.stringify(name)} is ${is ? 'an' : 'no'} id`, async t => {
    t.equal(canonical(name), is)
  })

t.test('a number is an id if it is one as text', async t => {
  for (const id of [1, 4194304]) t.equal(isId(id), true)
  for (const id of [0, -1, 1.5, Number.NaN, Infinity, 1e21, -0])
    t.equal(isId(id), false, String(id))
})

t.test('ids of a directory come in the order of numbers', async t => {
  t.strictSame(idsOf(['10', 'self', '9', '100', '.', '09']), [9, 10, 100])
})
