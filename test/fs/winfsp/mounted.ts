import t from 'tap'
import { identitiesOf, identityOf } from '../../../fs/winfsp/mounted.ts'

t.test('a name is one in any case, and with one backslash or two', async t => {
  t.equal(identityOf('\\\\WinProcFS\\Proc\\'), '\\\\winprocfs\\proc')
  t.same(identitiesOf('\\\\winprocfs\\proc', '\\winprocfs\\proc'), [
    '\\\\winprocfs\\proc',
  ])
})

t.test('a folder is one in any case, from wherever it is named', async t => {
  const here = identityOf('.') ?? ''
  t.equal(here, process.cwd().toLowerCase())
  t.equal(identityOf('sub/../Mnt'), identityOf(`${process.cwd()}/mnt`))
  t.same(identitiesOf('.', '\\a\\b'), [here, '\\\\a\\b'])
  t.same(identitiesOf('.', undefined), [here])
})
