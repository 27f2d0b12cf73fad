import t from 'tap'
import { isClean, rig } from '../../rig/winfsp/session.ts'

t.test('a listing in pieces, while processes come and go', async t => {
  const it = await rig()
  const { model, program } = it
  const whole = await program.list('\\proc')
  t.equal(whole.length, 2 + 7 + 42)
  t.same(await program.list('\\proc', '*', 300), whole)
  t.notOk((await program.list('\\')).some(({ name }) => name === '.'))
  const folder = await program.open('\\proc', { options: 0x21 })
  const names: string[] = []
  for (let marker: bigint | undefined; ;) {
    const { entries, isEnd } = await folder.entries('*', marker, 1000)
    names.push(...entries.map(({ name }) => name))
    marker = entries.at(-1)?.next
    if (isEnd) break
    const last = Number(names.at(-1))
    if (last) model.machine.end(last)
    model.machine.begin({ pid: 1000 + names.length })
  }
  t.same(
    names,
    whole.map(({ name }) => name),
    'each once',
  )
  await folder.close()
  t.match(await program.list('\\proc', '10'), [{ name: '10' }])
  t.match(await program.list('\\proc', 'SELF'), [
    { name: 'self', attributes: 0x410 },
  ])
  t.same(await program.list('\\proc', '99'), [])
  isClean(t, it)
})

t.test('ids are those of a stat, and no two are one', async t => {
  const it = await rig()
  const entries = await it.program.list('\\proc\\10')
  t.equal(new Set(entries.map(({ index }) => index)).size, entries.length)
  for (const { name, index } of entries.slice(2)) {
    const path = `\\proc\\10\\${name}`
    t.equal((await it.program.lstat(path)).index, index, name)
  }
  isClean(t, it)
})
