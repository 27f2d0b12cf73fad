/** The memory of a process of Windows on the drive, as that tells it itself. */
import t from 'tap'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { Refusal, type OpenFile } from '../../rig/winfsp/client.ts'
import { mountOurs } from '../../rig/winfsp/ours.ts'
import { oracleOf, type Range } from '../../rig/wine/oracle.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 240_000 }

const page = 0x1000

/** STATUS_IO_DEVICE_ERROR */
const ioError = 0xc0000185

/** How many bytes there are of so many, or the status of the refusal. */
const lengthOf = (
  file: OpenFile,
  at: number,
  length: number,
): Promise<number> =>
  file.read(at, length).then(
    ({ length }) => length,
    (error: unknown) => {
      if (error instanceof Refusal) return error.status
      throw error
    },
  )

/** FNV-1a of 64 bits over all bytes of some ranges. */
const checksumOf = async (
  file: OpenFile,
  ranges: readonly Range[],
): Promise<string> => {
  let sum = 0xcbf2_9ce4_8422_2325n
  for (const { start, end } of ranges)
    for (let at = start; at < end;) {
      const bytes = await file.read(at, Math.min(end - at, 0x1_0000))
      if (bytes.length === 0) throw new Error(`nothing at ${at.toString(16)}`)
      for (const byte of bytes)
        sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100_0000_01b3n)
      at += bytes.length
    }
  return sum.toString(16)
}

t.test('mem, on the drive', need, async t => {
  const built = programs('made')
  t.teardown(built.remove)
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)
  const target = await wine.target(built.path.made, windowsPath(wine.folder))
  const before = await target.checksum()
  const { made, walked } = oracleOf(target.lines)
  const { drive, driver, report, end } = await mountOurs({ wine, dll })
  const file = await drive.program().open(`\\proc\\${target.pid}\\mem`)
  t.same([file.opened.size, (await file.info()).size], [0, 0])

  const rangeOf = (what: string): Range => {
    const found = made.find(each => each.what === what)
    if (!found) throw new Error(`no ${what}`)
    return found
  }

  await t.test('all blocks of its heaps hold what they hold', async t => {
    const busy = walked.filter(({ kind }) => kind === 'busy')
    t.ok(busy.length > 100, `${busy.length} blocks`)
    t.equal(await checksumOf(file, busy), before.split(' ')[0])
  })

  await t.test('a read ends where a guard page begins', async t => {
    const { start, end } = rangeOf('guard')
    t.equal(await lengthOf(file, start - 9, 4 * page), 9)
    t.equal(await lengthOf(file, start - 2 * page, 2 * page), 2 * page)
    for (const at of [start, start + 1, end - 1])
      t.equal(await lengthOf(file, at, 16), ioError, 'none is read')
    t.equal(await lengthOf(file, end, 16), 16, 'and goes on behind it')
  })

  await t.test('what is not committed, or not there, is a hole', async t => {
    const reserved = rangeOf('reserved')
    for (const at of [
      reserved.start,
      reserved.end - 1,
      0,
      page,
      2 ** 47 - page,
      2 ** 47,
      2 ** 53,
      2 ** 56,
      2 ** 57,
      2 ** 63,
      2 ** 64 - page,
    ])
      t.equal(await lengthOf(file, at, 16), ioError, at.toString(16))
    t.equal(await lengthOf(file, 0, 0), 0)
  })

  await t.test('an image is its file, a mapped file its bytes', async t => {
    const image = made.find(({ type }) => type === 'image')
    const head = Buffer.from(await file.read(image?.start ?? 0, 2))
    t.equal(head.toString(), 'MZ')
    const view = rangeOf('first-of-view')
    t.equal(await lengthOf(file, view.start, 64), 64)
  })

  t.equal(await target.checksum(), before, 'nothing has changed, also no guard')
  await target.end()
  t.equal(await lengthOf(file, rangeOf('above-guard').start, 16), 0, 'its end')
  await file.close()
  t.match(await driver.stats(), { handles: 0, mapped: 0, tokens: 0 })
  t.same(await driver.violations(), [])
  t.match(await end(), { code: 0 })
  t.same(report(), [])
})
