import t from 'tap'
import { printSystem } from '../../rig/document.ts'

t.test('one line', t => {
  t.equal(
    printSystem('version', { version: 'Linux version 6.18' }),
    'Linux version 6.18\n',
  )
  t.equal(printSystem('version', {}), '')
  t.end()
})
