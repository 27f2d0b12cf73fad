import t from 'tap'
import {
  mapsName,
  mountPoint,
  mountSource,
  statusName,
} from '../../../fs/document/escape.ts'

const all = 'a b\tc\nd\\e#f)g\u00e9\x01'

t.test('each field has its own escapes', t => {
  t.equal(mapsName(all), 'a b\tc\\012d\\e#f)g\u00e9\x01')
  t.equal(mountSource(all), 'a\\040b\\011c\\012d\\134e\\043f)g\u00e9\x01')
  t.equal(mountPoint(all), 'a\\040b\\011c\\012d\\134e#f)g\u00e9\x01')
  t.equal(statusName(all), 'a b\tc\\nd\\\\e#f)g\u00e9\x01')
  t.end()
})

t.test('all of one kind are escaped, not the first', t => {
  t.equal(mapsName('\n\n'), '\\012\\012')
  t.equal(mountPoint('  '), '\\040\\040')
  t.equal(statusName('\\\\\n\n'), '\\\\\\\\\\n\\n')
  t.end()
})
