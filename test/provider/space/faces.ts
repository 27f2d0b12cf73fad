import t from 'tap'
import { facesOf, teb32Of } from '../../../provider/space/faces.ts'
import { Image } from '../../fixtures/image.ts'

/** TEBs as phnt has them: Self at 0x30 and 0x18, the PEB at 0x60 and 0x30. */
const put64 = (image: Image, teb: number, peb: number, teb32 = 0): void => {
  image.put(teb, 8, teb32)
  image.put(teb + 0x30, 8, teb)
  image.put(teb + 0x60, 8, peb)
}

const put32 = (image: Image, teb: number, peb: number): void => {
  image.u32(teb + 0x18, teb)
  image.u32(teb + 0x30, peb)
}

const [one, two, three] = [0x7ef00000, 0x7ef04000, 0x7ef08000] as const

const imageOf = (): Image => {
  const image = new Image(8)
  image.map(one, [[0x10000, 'rw']])
  return image
}

t.test('a 64-bit process has one PEB', t => {
  const image = imageOf()
  put64(image, one, 0x7ffd0000)
  t.same(facesOf(image.read, [one], 4), [{ peb: 0x7ffd0000, width: 8 }])
  t.end()
})

t.test('so has a 32-bit one of 32-bit Windows', t => {
  const image = imageOf()
  put32(image, one, 0x7ffd0000)
  t.same(facesOf(image.read, [one], 8), [{ peb: 0x7ffd0000, width: 4 }])
  t.end()
})

t.test('WoW64 has two, whatever the dump says that it is', t => {
  const image = imageOf()
  put64(image, one, 0x7efdf000, one + 0x2000)
  put32(image, one + 0x2000, 0x7efde000)
  const both = [
    { peb: 0x7efdf000, width: 8 },
    { peb: 0x7efde000, width: 4 },
  ]
  for (const usual of [8, 4] as const)
    t.same(facesOf(image.read, [one], usual), both)
  t.equal(teb32Of(image.read, one), one + 0x2000)
  // its 32-bit threads alone, as a 32-bit program dumps itself
  t.same(facesOf(image.read, [one + 0x2000], 4), [both[1]])
  t.end()
})

t.test('of several threads the first that knows tells', t => {
  const image = imageOf()
  put64(image, two, 0x7efdf000)
  put64(image, three, 0x7efdf000, three + 0x2000)
  put32(image, three + 0x2000, 0x7efde000)
  t.same(facesOf(image.read, [0x6660000, one, two, three], 4), [
    { peb: 0x7efdf000, width: 8 },
    { peb: 0x7efde000, width: 4 },
  ])
  t.end()
})

t.test('threads that know nothing leave the width alone', t => {
  const image = imageOf()
  put64(image, one, 0x7efdf000)
  image.put(one + 0x30, 8, one + 8)
  for (const width of [8, 4] as const)
    for (const tebs of [[], [one], [0x6660000, two]])
      t.same(facesOf(image.read, tebs, width), [{ peb: 0, width }])
  t.equal(teb32Of(image.read, one), undefined)
  t.equal(teb32Of(image.read, 0x6660000), undefined)
  t.end()
})
