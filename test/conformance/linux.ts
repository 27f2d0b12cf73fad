import t from 'tap'
import { open } from '../../provider/linux/index.ts'
import { missing, noLinux } from '../rig/need.ts'
import { conformance } from './provider.ts'

t.test('a live Linux', missing(noLinux), async t => {
  conformance(t, 'linux', open)
})
