import t from 'tap'
import { decode, encodeAll } from '../../../provider/text.ts'
import { auxv } from '../../../fs/document/auxv.ts'
import { print, processOf } from '../../rig/document.ts'

t.test('words of any bytes come out as they went in', async t => {
  const words = Uint8Array.from({ length: 256 }, (_, at) => at)
  const task = processOf({ auxv: decode(words) })
  t.same([...encodeAll(auxv(task))], [...words])
  t.equal(print('auxv', {}), '')
})
