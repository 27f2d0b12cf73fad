import t from 'tap'
import { print } from '../../rig/document.ts'

t.test('a name prints as it is, and a newline', t => {
  for (const comm of ['cat', 'a) R (b', 'a\nb\\c', ''])
    t.equal(print('comm', { comm }), `${comm}\n`)
  t.equal(print('comm', {}), '\n')
  t.end()
})
