import t from 'tap'
import { print } from '../../rig/document.ts'

t.test('seven numbers, two of which are always 0', t => {
  const statm = { size: 765, resident: 439, shared: 411, text: 5, data: 90 }
  t.equal(print('statm', { statm }), '765 439 411 5 0 90 0\n')
  t.end()
})

t.test('without an address space all are 0', t => {
  t.equal(print('statm', {}), '0 0 0 0 0 0 0\n')
  t.end()
})
