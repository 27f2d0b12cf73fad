import t from 'tap'
import { print } from '../../rig/document.ts'

t.test('arguments print as they are, NUL and all', t => {
  const cmdline = 'sh\0-c\0a\nb c\0\0caf\udce9\0'
  t.equal(print('cmdline', { cmdline }), cmdline)
  t.end()
})

t.test('a kernel thread has none, nor has what is not known', t => {
  t.equal(print('cmdline', { cmdline: '' }), '')
  t.equal(print('cmdline', {}), '')
  t.end()
})
