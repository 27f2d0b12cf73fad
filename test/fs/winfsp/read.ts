import { setImmediate as soon } from 'node:timers/promises'
import t from 'tap'
import type { OpenFile } from '../../rig/winfsp/openfile.ts'
import { read } from '../../rig/winfsp/requests.ts'
import { tokens } from '../../rig/winfsp/model.ts'
import {
  environ,
  isClean,
  letterOf,
  page,
  rig,
  status,
  statusOf,
  type Rig,
} from '../../rig/winfsp/session.ts'

/** A file whose text a walker has made, and whose beginning was read. */
const begun = async ({ model, program }: Rig): Promise<OpenFile> => {
  const opening = program.open(environ)
  model.finish()
  const file = await opening
  await file.read(0, page)
  return file
}

t.test('a handle has one text, and its exact size', async t => {
  const it = await rig()
  const file = await it.program.open(environ)
  t.equal(file.opened.size, 3 * page)
  t.equal(file.opened.allocation, 3 * page)
  t.equal((await file.info()).size, 3 * page)
  const pages = [2, 0, 1].map(at => file.read(at * page, page))
  const texts = await Promise.all(pages)
  t.same(texts.map(letterOf), ['a', 'a', 'a'], 'in any order')
  t.equal((await file.read(3 * page - 5, 100)).length, 5, 'cut at its end')
  t.equal((await file.read(3 * page, 1)).length, 0, 'its end')
  t.equal((await file.read(2 ** 52, 1)).length, 0, 'far beyond it')
  await file.close()
  isClean(t, it)
})

t.test('two handles of one name have a text each', async t => {
  const it = await rig()
  const [one, two] = [
    await it.program.open(environ),
    await it.program.open(environ),
  ]
  t.equal(letterOf(await two.readAll()), 'b')
  t.equal(letterOf(await one.readAll()), 'a')
  await one.close()
  t.equal(letterOf(await two.read(page, 10)), 'b', 'also when one is closed')
  await two.close()
  isClean(t, it)
})

t.test('reading from the start again makes another text', async t => {
  const it = await rig()
  const file = await it.program.open(environ)
  t.equal(letterOf(await file.read(0, 0)), '')
  t.equal(letterOf(await file.read(0, page)), 'a', 'the first is that of open')
  t.equal(letterOf(await file.read(0, page)), 'b')
  t.equal(letterOf(await file.read(page, page)), 'b')
  t.equal(letterOf(await file.read(0, page)), 'c')
  await file.close()
  isClean(t, it)
})

t.test('what nobody has read for a second is made anew', async t => {
  const it = await rig()
  const { model, program } = it
  const [soon, late] = [
    await program.open(environ),
    await program.open(environ),
  ]
  model.clock += 1000
  t.equal(letterOf(await soon.read(page, page)), 'a')
  model.clock += 1
  t.equal(letterOf(await late.read(page, page)), 'c')
  model.clock += 5000
  t.equal(letterOf(await late.read(2 * page, page)), 'c', 'only the first')
  await soon.close()
  await late.close()
  isClean(t, it)
})

t.test('--size zero: the first read makes the text', async t => {
  const it = await rig({ size: 'zero' })
  const file = await it.program.open(environ)
  t.equal(file.opened.size, 0)
  t.equal((await file.info()).size, 0)
  t.equal(letterOf(await file.read(page, page)), 'a')
  t.equal((await file.info()).size, 3 * page)
  t.equal(letterOf(await file.read(0, page)), 'a')
  t.equal(letterOf(await file.read(0, page)), 'b')
  await file.close()
  isClean(t, it)
})

t.test('a read that fails leaves the text as it was', async t => {
  const it = await rig({ isLate: true })
  const { model } = it
  const file = await begun(it)
  const { times } = await file.info()
  model.clock += 5
  const failing = statusOf(file.read(0, page))
  await soon()
  model.finish('ETIMEDOUT')
  t.equal(await failing, status.timeout)
  t.same((await file.info()).times, times, 'and its time')
  t.equal(letterOf(await file.read(page, page)), 'a')
  await file.close()
  isClean(t, it)
})

t.test('a text that a walker made anew has the time of the read', async t => {
  const it = await rig({ isLate: true })
  const { model } = it
  const file = await begun(it)
  const { times } = await file.info()
  model.clock += 5
  const reading = file.read(0, page)
  await soon()
  model.clock += 7
  model.finish()
  t.equal(letterOf(await reading), 'b')
  const later = (await file.info()).times
  t.notSame(later, times)
  const again = file.read(0, page)
  await soon()
  t.equal(model.given, 1, 'its beginning was read, so that it is made anew')
  model.finish()
  t.equal(letterOf(await again), 'c')
  await file.close()
  isClean(t, it)
})

t.test('a token is kept while a walker may still ask for it', async t => {
  const it = await rig({ isLate: true })
  const { model } = it
  const file = await begun(it)
  const reading = model.submit(read(file.contexts, 0, page))
  await file.close()
  t.equal(model.kept.size, 1)
  model.finish()
  await reading
  isClean(t, it)
})

t.test('rights are asked at every generation', async t => {
  const it = await rig()
  const { model, program } = it
  const file = await program.open(environ)
  t.equal(letterOf(await file.read(0, page)), 'a')
  model.denied = 'read'
  t.equal(letterOf(await file.read(page, page)), 'a', 'what was made is')
  t.equal(await statusOf(file.read(0, page)), status.noMoreRights)
  await file.close()
  isClean(t, it)
})

const mem = '\\proc\\10\\mem'

t.test('memory is read at any offset, and has no size', async t => {
  for (const size of ['exact', 'zero'] as const) {
    const it = await rig({ size })
    const file = await it.program.open(mem)
    t.same([file.opened.size, (await file.info()).size], [0, 0])
    const read = async (offset: number, length = 4) =>
      Buffer.from(await file.read(offset, length)).toString()
    t.equal(await read(0x1000), 'memo')
    t.equal(await read(0x1004), 'ry', 'a short read')
    t.equal(await read(0x1000), 'memo')
    t.equal(await read(0x1000, 0), '')
    for (const hole of [0, 0x1006, 2 ** 47, 2 ** 63, 2 ** 64 - 4096])
      t.equal(await statusOf(file.read(hole, 8)), status.ioError)
    it.model.machine.end(10)
    t.equal((await file.read(0x1000, 4)).length, 0, 'it has gone')
    await file.close()
    isClean(t, it)
  }
})

t.test('memory that comes later', async t => {
  const it = await rig({ isLate: true })
  const { model, program } = it
  const file = await program.open(mem)
  t.equal(model.given, 0, 'it is open at once')
  for (const [offset, told] of [
    [0x1000, 'memo'],
    [0x1002, 'mory'],
  ] as const) {
    const read = file.read(offset, 4)
    await soon()
    t.equal(model.waiting.length, 1)
    model.finish()
    t.equal(Buffer.from(await read).toString(), told)
  }
  const hole = statusOf(file.read(0, 4))
  await soon()
  model.finish()
  t.equal(await hole, status.ioError)
  const last = statusOf(file.read(0x1000, 4))
  await soon()
  model.finish('ETIMEDOUT')
  t.equal(await last, status.timeout)
  t.equal(model.kept.size, 1)
  await file.close()
  isClean(t, it)
})

t.test('memory is asked for again by whose it is to be', async t => {
  const it = await rig()
  const file = await it.program.open(mem)
  t.equal((await file.read(0x1000, 4)).length, 4)
  it.model.denied = 'attach'
  t.equal(await statusOf(file.read(0x1000, 4)), status.noMoreRights)
  await file.close()
  isClean(t, it)
})

t.test('open files: a folder that is its opener’s', async t => {
  const it = await rig()
  const { model, program } = it
  t.same(
    (await program.list('\\proc\\10\\fd')).map(({ name }) => name),
    ['.', '..', '4', '8'],
  )
  const text = await program.readFile('\\proc\\10\\fdinfo\\8')
  t.equal(String(text), 'pos:\t0\n')
  t.match(await program.readlink('\\proc\\10\\fd\\8'), {
    target: 'C:\\Windows\\x',
  })
  t.equal(
    await statusOf(program.open('\\proc\\10\\fd\\5')),
    status.nameNotFound,
  )
  const folder = await program.open('\\proc\\10\\fd')
  t.same([...model.kept.values()], [tokens.all])
  t.equal((await folder.list()).length, 4)
  model.denied = 'read'
  t.equal(await statusOf(folder.list()), status.noMoreRights)
  await folder.close()
  isClean(t, it)
})
