import t from 'tap'
import { printSystem } from '../../rig/document.ts'

t.test('seconds with two decimals', t => {
  const table: readonly (readonly [number, number, string])[] = [
    [1477.01, 2882.6, '1477.01 2882.60\n'],
    [0, 0, '0.00 0.00\n'],
    [0.015, 1e9, '0.01 1000000000.00\n'],
  ]
  for (const [up, idle, text] of table)
    t.equal(printSystem('uptime', { uptime: { up, idle } }), text)
  t.end()
})

t.test('a machine that does not know counts from 0', t => {
  t.equal(printSystem('uptime', {}), '0.00 0.00\n')
  t.end()
})
