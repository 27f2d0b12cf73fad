/**
 * Maps of a process that test/live/windows/untouched.ts started, a thousand
 * times: it holds its own checksums before and after beside each other.
 */
import t from 'tap'
import { open } from '../../provider/windows/index.ts'
import { given, handles, mapsOf } from '../rig/wine/inner.ts'

// each region is a visit to the process
t.setTimeout(440_000)

const reads = 1000

t.test('a thousand maps are one and the same, and leave no HANDLE', t => {
  const system = open({ spans: true })
  const pid = Number(given('TARGET'))
  const read = (): string => {
    const target = system.process(pid)
    try {
      return mapsOf(target)
    } finally {
      target.close()
    }
  }
  const first = read()
  t.match(first, /\[win heap 0 default/)
  const before = handles()
  let same = 0
  for (let count = 0; count < reads; count++) if (read() === first) same++
  t.equal(handles(), before)
  t.equal(same, reads)
  t.end()
})
