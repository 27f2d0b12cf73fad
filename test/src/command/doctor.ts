import t from 'tap'
import { printRows } from '../../../src/command/doctor.ts'

t.test('rows stand in columns, a remedy under what needs one', t => {
  t.equal(
    printRows([
      { name: 'node', ok: true, detail: '20.20.2' },
      { name: '/dev/fuse', ok: false, detail: 'gone', remedy: 'modprobe' },
      { name: 'other', ok: 'optional', detail: 'does without' },
    ]),
    [
      'ok        node       20.20.2',
      'missing   /dev/fuse  gone',
      '                     remedy: modprobe',
      'optional  other      does without',
      '',
    ].join('\n'),
  )
  t.end()
})
