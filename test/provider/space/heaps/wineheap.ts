import t from 'tap'
import { Image } from '../../../fixtures/image.ts'
import { putPeb, putWineHeap, wineEras } from '../../../fixtures/winheaps.ts'
import { heapsIn, peb } from '../../../rig/winheaps.ts'

const eras = wineEras

t.test('Wine’s heaps: subheaps, large blocks, all on one list', t => {
  for (const era of eras) {
    const image = new Image(era.width)
    for (const at of [peb, 0x10000, 0x20000]) image.map(at)
    // not at the start of an allocation: no first bytes tell of these
    for (const at of [0x30000, 0x40000]) image.map(at, [[0x2000, 'rw']])
    const block = image.map(0x50000, [[0x100000, 'rw']])
    putWineHeap(image, era, 0x10000, {
      flags: 2,
      info: 2,
      subheaps: [0x20000],
      blocks: [block],
    })
    putWineHeap(image, era, 0x31000, { flags: 0x1001, force: 0x40000000 })
    putWineHeap(image, era, 0x41000, { flags: 0x41002 })
    image.ring(0x10000 + era.entry, 0x31000 + era.entry, 0x41000 + era.entry)
    putPeb(image, peb, [], { build: 7601, processHeap: 0x10000 })
    const lfh = 'info' in era ? ' lfh' : ''
    t.same(
      heapsIn(image),
      [
        [0x10000, 0x11000, `[win heap 0 default grow${lfh}]`],
        [0x20000, 0x21000, `[win heap 0 default grow${lfh}]`],
        [0x30000, 0x32000, '[win heap 1 noserial debug]'],
        [0x40000, 0x42000, '[win heap 2 exec grow]'],
        [block, block + 0x100000, `[win heap 0 default grow${lfh} large]`],
      ],
      era.name,
    )
    t.equal(image.strays, 0, era.name)
  }
  t.end()
})

t.test('one of Wine’s heaps that is off the list is found', t => {
  for (const era of eras) {
    const image = new Image(era.width)
    for (const at of [0x10000, 0x20000]) image.map(at)
    putWineHeap(image, era, 0x20000)
    image.ring(0x20000 + era.entry)
    t.same(heapsIn(image), [[0x20000, 0x21000, '[win heap 0]']], era.name)
  }
  t.end()
})

t.test('a subheap that another heap says it has is not its own', t => {
  for (const era of eras) {
    const image = new Image(era.width)
    for (const at of [peb, 0x10000, 0x20000, 0x30000]) image.map(at)
    putWineHeap(image, era, 0x10000, { subheaps: [0x20000, 0x30000] })
    image.pointer(0x20000 + (era.width === 8 ? 0x30 : 0x14), 0x30000)
    putPeb(image, peb, [], { processHeap: 0x10000 })
    t.same(
      heapsIn(image).map(([start]) => start),
      [0x10000, 0x30000],
      era.name,
    )
  }
  t.end()
})

t.test('what has only one of the two signs is no heap of Wine’s', t => {
  for (const era of eras)
    for (const lost of [era.width === 8 ? 0x10 : 0x08, era.magic]) {
      const image = new Image(era.width)
      for (const at of [peb, 0x10000]) image.map(at)
      putWineHeap(image, era, 0x10000)
      image.u32(0x10000 + lost, 0)
      putPeb(image, peb, [0x10000])
      t.same(heapsIn(image), [], era.name)
    }
  t.end()
})
