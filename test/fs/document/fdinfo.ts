import t from 'tap'
import { taskDocuments } from '../../../fs/document/index.ts'
import { print, processOf } from '../../rig/document.ts'

const view = { dialect: 'linux', paths: 'mixed' } as const
const info = 'pos:\t0\nflags:\t0100002\n'
const files = new Map([
  [0, { target: '/dev/null', access: 1, info }],
  [7, { target: '/x', access: 2, info: 'pos:\t9\n' }],
])

t.test('the lines of the file that is asked about', async t => {
  const task = processOf({ files })
  const lines = (fd?: number) =>
    [...taskDocuments.fdinfo(task, view, { trusted: true, fd })].join('')
  t.equal(lines(0), info)
  t.equal(lines(7), 'pos:\t9\n')
  t.equal(lines(), info)
  t.throws(() => lines(8), { code: 'ENOENT' })
  t.equal(print('fdinfo', {}), '', 'nothing where none are told')
})
