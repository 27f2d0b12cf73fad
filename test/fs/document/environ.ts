import t from 'tap'
import { print } from '../../rig/document.ts'

t.test('variables print as they are, NUL and all', t => {
  const environ = 'PATH=/bin\0EMPTY=\0no equals\0'
  t.equal(print('environ', { environ }), environ)
  t.end()
})

t.test('without an environment there is nothing', t => {
  t.equal(print('environ', { environ: '' }), '')
  t.equal(print('environ', {}), '')
  t.end()
})
