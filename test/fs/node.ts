import t from 'tap'
import { bytes, directory, link, text } from '../../fs/node.ts'

t.test('a row is a table of its own columns', async t => {
  const maps = text('maps', 0o444, 'read', 'pool')
  t.same(maps, {
    kind: 'text',
    document: 'maps',
    mode: 0o444,
    right: 'read',
    where: 'pool',
    lines: true,
  })
  t.notOk(bytes('environ', 0o400, 'read', 'pool').lines)
  const target = () => 'there'
  t.same(link(target, 'read', 'file'), {
    kind: 'link',
    mode: 0o777,
    right: 'read',
    target,
    to: 'file',
  })
  t.same(directory(0o555, 'none', { maps }), {
    kind: 'directory',
    mode: 0o555,
    right: 'none',
    rows: { maps },
  })
})
