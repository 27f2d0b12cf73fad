import { join } from 'node:path'
import t from 'tap'
import { open } from '../../provider/minidump/index.ts'
import { dumpOf, sample } from '../fixtures/dump.ts'
import { ofRealDumps, realDumps } from '../rig/dumps.ts'
import { conformance } from './provider.ts'

const made = join(t.testdir({ 'made.dmp': dumpOf(sample) }), 'made.dmp')

t.test('a dump that was made for it', async t => {
  conformance(t, 'minidump', ({ spans }) => open({ spans, file: made }))
})

/** Those with a list of regions. */
const whole = realDumps.filter(file => /fullmem|crashpad/.test(file))

t.test('real dumps', ofRealDumps, async t => {
  t.equal(whole.length, 2)
  for (const file of whole)
    conformance(t, file, ({ spans }) => open({ spans, file }))
})
