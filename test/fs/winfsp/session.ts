import t from 'tap'
import { Errno } from '../../../provider/errno.ts'
import { fuzzHere } from '../../fuzz/here.ts'
import fuzzer from '../../fuzz/session.ts'
import { Kind, Rsp, Status, viewOf } from '../../rig/winfsp/abi.ts'
import {
  create,
  ofHandle,
  queryDirectory,
  read,
} from '../../rig/winfsp/requests.ts'
import {
  environ,
  isClean,
  page,
  rig,
  status,
  statusOf,
} from '../../rig/winfsp/session.ts'

t.test('a process that is gone is not found', async t => {
  const it = await rig()
  const { model, program } = it
  const [file, folder] = [
    await program.open(environ),
    await program.open('\\proc\\10', { options: 0x21 }),
  ]
  await file.read(0, page)
  model.machine.end(10)
  t.equal(await statusOf(program.open(environ)), status.pathNotFound)
  t.equal(await statusOf(file.read(0, page)), status.nameNotFound)
  t.equal(await statusOf(folder.list()), status.nameNotFound)
  model.machine.begin({ pid: 10, start: 77n, environ: 'x' })
  t.equal(
    await statusOf(file.read(0, page)),
    status.nameNotFound,
    'nor another',
  )
  await file.close()
  await folder.close()
  isClean(t, it)
})

t.test('what is asked of the wrong thing', async t => {
  const it = await rig()
  const { model, program } = it
  const [file, folder] = [
    await program.open(environ),
    await program.open('\\proc', { options: 0x21 }),
  ]
  const ask = async (request: Uint8Array): Promise<number> =>
    (await model.submit(request)).status
  t.equal(await ask(queryDirectory(file.contexts)), Status.invalidParameter)
  t.equal(await ask(read(folder.contexts, 0, 5)), Status.invalidDeviceRequest)
  t.equal(
    await ask(queryDirectory(folder.contexts, { marker: 'a name' })),
    Status.invalidParameter,
  )
  t.equal(
    await ask(queryDirectory(folder.contexts, { length: 50 })),
    Status.invalidParameter,
    'no room for one entry',
  )
  t.match(await folder.entries('10'), { entries: [{ name: '10' }] })
  t.same(
    await folder.entries('10', 1n),
    { entries: [], isEnd: true },
    'one name is one entry',
  )
  // a request without a buffer, which the model would give it
  const bare = queryDirectory(folder.contexts)
  model.session.input.set(bare)
  t.equal(model.session.handle(bare.length), 128)
  t.equal(
    viewOf(model.session.output).getUint32(20, true),
    Status.invalidParameter,
  )
  const { response } = await model.submit(
    ofHandle('QuerySecurity', file.contexts),
  )
  t.ok(Rsp.view(viewOf(response)).BufSize > 20, 'a descriptor')
  t.match(await program.volume(), { label: 'winprocfs', total: 0, free: 0 })
  const stream = create('\\proc\\10\\comm:x')
  viewOf(stream).setUint16(72, 28, true)
  t.equal(await ask(stream), status.nameInvalid)
  await file.close()
  await folder.close()
  t.equal(await ask(ofHandle('Close', file.contexts)), 0, 'twice')
  isClean(t, it)
})

t.test('what nobody foresaw is an error, and a line of the log', async t => {
  const it = await rig()
  const { model } = it
  model.machine.pids = () => {
    throw new TypeError('surprise')
  }
  t.equal(await statusOf(it.program.list('\\proc')), status.ioError)
  t.match(model.lines, ['request: TypeError: surprise'])
  model.machine.pids = () => {
    throw new Errno('EAGAIN')
  }
  t.equal(await statusOf(it.program.list('\\proc')), 0xc000009a)
})

t.test('bytes that are too few to answer are not', async t => {
  const { model } = await rig()
  for (const length of [0, 8, 15]) t.equal(model.session.handle(length), 0)
  const bytes = new Uint8Array(88)
  viewOf(bytes).setUint16(2, 88, true)
  viewOf(bytes).setUint32(4, Kind.Create, true)
  model.session.input.set(bytes)
  t.ok(model.session.handle(88) > 0, 'a Create without a name')
})

t.test('mutated requests are answered, with what may be', async t => {
  const { done, refused, late, ...rest } = await fuzzHere(fuzzer, 4, 5000)
  t.ok(Number(done) > 500 && Number(refused) > 500, `${done}, ${refused}`)
  t.ok(Number(late) > 50, `${late} late`)
  t.ok(Number(rest['too short to answer']) > 10)
})
