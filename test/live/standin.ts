/** The stand-in for WinFsp's driver, by the least file system there can be. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { missing, noLinux, noMingw, noWine } from '../rig/need.ts'
import { Rsp, Status, viewOf, type KindName } from '../rig/winfsp/abi.ts'
import { buildHandler, buildStandIn } from '../rig/winfsp/build.ts'
import { Drive } from '../rig/winfsp/client.ts'
import { Token, type Driver, type Reply } from '../rig/winfsp/driver.ts'
import {
  content,
  link,
  namesIn,
  slow,
  who,
  wrongs,
  type Wrong,
} from '../rig/winfsp/echo/files.ts'
import {
  create,
  ofHandle,
  queryDirectory,
  read,
} from '../rig/winfsp/requests.ts'
import { contextsOf } from '../rig/winfsp/responses.ts'
import { startDrive, startEcho } from '../rig/winfsp/start.ts'
import { startWine, windowsPath } from '../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 500_000 }

const bytesOf = (name: string): Buffer =>
  Buffer.from(content.get(name) as Uint8Array)

const hintOf = ({ response }: Reply): bigint => Rsp.view(viewOf(response)).Hint

/** Waits until the driver is like this. */
const until = async (is: () => Promise<boolean>): Promise<boolean> => {
  const end = performance.now() + 60_000
  while (!(await is())) {
    if (performance.now() > end) return false
    await sleep(5)
  }
  return true
}

const statusOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => Status.success,
    (error: { status?: number }) => error.status ?? error,
  )

/** Has the echo give all its answers to one name. */
const provoke = async (driver: Driver, wrong: Wrong): Promise<void> => {
  // what is answered so wrongly that the driver drops it is not waited for
  const dropped = async (isOver: () => boolean): Promise<undefined> => {
    await until(async () => isOver() || (await driver.stats()).violations > 0)
    await sleep(500)
  }
  const ask = async (request: Uint8Array): Promise<Reply | undefined> => {
    let isOver = false
    const reply = driver.submit(request).catch(() => undefined)
    const told = await Promise.race([reply, dropped(() => isOver)])
    isOver = true
    return told
  }
  const root = contextsOf(
    await driver.submit(create('\\', { access: 1, options: 0x21 })),
  )
  const opened = await ask(create(`\\${wrong}`, { options: 0x60 }))
  if (opened?.status === Status.success) {
    const handle = contextsOf(opened)
    const kinds: readonly KindName[] = [
      'QueryInformation',
      'QueryVolumeInformation',
      'QuerySecurity',
    ]
    for (const request of [
      read(handle, 0, 4001),
      read(handle, 4001, 64),
      ...kinds.map(kind => ofHandle(kind, handle)),
      ofHandle('Close', handle),
    ])
      await ask(request)
  }
  await ask(
    queryDirectory(root, {
      pattern: wrong,
      marker: 'marker',
      isName: wrong === 'entry not asked',
    }),
  )
  await ask(ofHandle('Close', root))
}

t.test('the stand-in', need, async t => {
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)

  await t.test('files are opened, read, listed and closed', async t => {
    const echo = await startEcho(wine, dll)
    const { driver, drive } = echo
    const program = drive.program({ pid: 1234 })
    const file = bytesOf('file')
    for (const length of [4096, 65_536, 1_048_576])
      t.same(await program.readFile('\\file', length), file, `by ${length}`)
    t.same(await program.readFile('\\ENTRY-007', 1), bytesOf('entry-007'))
    t.equal((await program.readFile('\\Empty')).length, 0)
    t.same(await program.readFile(`\\${link}`), file, 'through a link')
    t.equal(
      await statusOf(program.readFile('\\none')),
      Status.objectNameNotFound,
    )
    t.equal((await program.stat('\\file')).size, file.length)
    t.equal((await program.stat('\\')).attributes, 0x10)

    const names = namesIn('')
    for (const length of [256, 4096, 65_536])
      t.same(
        (await program.list('\\', '*', length)).map(({ name }) => name),
        names,
        `a listing by ${length}`,
      )
    const one = await program.list('\\', 'FILE')
    t.same(
      one.map(({ name, size }) => [name, size]),
      [['file', file.length]],
    )
    const some = await program.list('\\', 'entry-00?')
    t.equal(some.length, 10)

    const handle = await program.open('\\file')
    const other = await program.open('\\FILE')
    t.not(handle.contexts.UserContext2, other.contexts.UserContext2)
    t.equal(drive.nodes.size, 1, 'two handles of one name')
    t.same(await handle.map(pages => pages.toReversed()), file)
    t.equal((await handle.security())[0], 1)
    t.equal((await driver.handles()).length, 2)
    t.same((await driver.handles())[0]?.[2], '\\FILE')
    await handle.close()
    await other.close()
    t.equal((await program.volume()).label, 'echo')
    for (const kind of [0, 22, 0xffff_ffff]) {
      const odd = new Uint8Array(16)
      viewOf(odd).setUint32(4, kind, true)
      const { status, response } = await driver.submit(odd)
      t.equal(status, Status.invalidDeviceRequest, `kind ${kind}`)
      t.equal(viewOf(response).getUint32(4, true), kind)
    }

    const stats = await driver.stats()
    t.match(stats, { state: 'ready', mountPoint: 'P:', looping: 1 })
    t.match(stats, { handles: 0, mapped: 0, tokens: 0, given: 0, queued: 0 })
    t.equal(stats.opened, stats.closed)
    t.same(await driver.violations(), [])

    const { code, stdout } = await echo.end()
    t.equal(code, 0, 'Stop0 lets FspFsctlTransact return')
    t.match(stdout, /^version 20001\r?\nmounted\r?\nended c0000120\r?\n$/)
    t.same(echo.report(), [])
  })

  await t.test('many requests at once, and Hints used again', async t => {
    const echo = await startEcho(wine, dll)
    const { driver, drive } = echo
    const handle = contextsOf(await driver.submit(create(`\\${slow}`)))
    const offsets = [0, 8, 16, 24, 32, 40, 48, 56]
    const replies = offsets
      .slice(0, 7)
      .map(at => driver.submit(read(handle, at, 8)))
    t.ok(await until(async () => (await driver.stats()).given === 7))
    t.equal(
      await statusOf(drive.program().readFile('\\file')),
      Status.success,
      'other files are served meanwhile',
    )
    replies.push(driver.submit(read(handle, 56, 8)))
    const all = await Promise.all(replies)
    t.same(Buffer.concat(all.map(({ data }) => data)), bytesOf(slow))
    t.equal(new Set(all.map(hintOf)).size, 8)
    t.ok((await driver.stats()).mostGiven >= 8)

    const file = contextsOf(await driver.submit(create('\\file')))
    const hints = new Set<bigint>()
    for (let round = 0; round < 50; round++)
      hints.add(hintOf(await driver.submit(read(file, round, 8))))
    t.equal(hints.size, 1, 'the Hint that was free last is used again')
    t.not(BigInt(Number([...hints][0])), [...hints][0], 'it fits no double')

    await driver.set('hold', 1)
    const held = Array.from({ length: 64 }, (_, at) =>
      driver.submit(read(file, at, 1)),
    )
    t.ok(await until(async () => (await driver.stats()).queued === 64))
    await driver.set('hold', 0)
    const bytes = (await Promise.all(held)).map(({ data }) => data[0])
    t.same(Buffer.from(bytes as number[]), bytesOf('file').subarray(0, 64))

    const cycles = await driver.cycle({
      path: '\\file',
      rounds: 400,
      threads: 4,
    })
    t.match(cycles, { rounds: 400, failed: 0, bytes: 400 * 100_000 })
    t.ok(cycles.median > 0 && cycles.median <= cycles.most)
    t.comment(`open, 2 reads, close: ${cycles.median} us`)
    t.match(await driver.stats(), { handles: 2, mapped: 0, tokens: 0 })
    t.same(await driver.violations(), [])
    await echo.end()
  })

  await t.test('every wrong answer is found out', async t => {
    const echo = await startEcho(wine, dll)
    const { driver } = echo
    t.equal((await driver.submit(create('\\file'))).status, Status.success)
    for (const [wrong, told] of Object.entries(wrongs)) {
      await provoke(driver, wrong as Wrong)
      await until(async () => (await driver.stats()).violations > 0)
      const [first = 'nothing'] = await driver.violations(true)
      t.match(first, told, wrong)
    }
    const told = echo.report()
    await echo.end()
    t.ok(told.length >= Object.keys(wrongs).length, 'also in the report')
  })

  await t.test('who opens a file', async t => {
    const echo = await startEcho(wine, dll)
    const { drive, driver } = echo
    const tell = async (token: number): Promise<unknown> => {
      const program = drive.program({ pid: 4321, token })
      return JSON.parse((await program.readFile(`\\${who}`)).toString())
    }
    const own = { pid: 4321, isToken: true, level: 1, isAdministrator: true }
    t.match(await tell(Token.own), own)
    t.match(await tell(Token.debug), { ...own, isDebugger: true })
    t.match(await tell(Token.noAdministrators), {
      ...own,
      isAdministrator: false,
    })
    t.match(await tell(Token.restricted), {
      ...own,
      isAdministrator: false,
      privileges: 0,
    })
    t.match(await tell(Token.null), { isToken: false })
    t.match(await tell(Token.bogus), { isToken: false })
    t.same(await driver.violations(), [])
    await echo.end()
  })

  await t.test('what waits can be cancelled, what is given cannot', async t => {
    const echo = await startEcho(wine, dll)
    const { driver } = echo
    const handle = contextsOf(await driver.submit(create(`\\${slow}`)))
    await driver.set('hold', 1)
    const waiting = driver.send(read(handle, 0, 8))
    t.equal(await driver.cancel(waiting.id), true)
    t.equal((await waiting.reply).status, Status.cancelled)
    await driver.set('irpTimeout', 50)
    const late = await driver.submit(read(handle, 0, 8))
    t.equal(late.status, Status.cancelled, 'waited too long')
    await driver.set('irpTimeout', 0)
    const more = Array.from({ length: 101 }, () =>
      driver.submit(ofHandle('QueryInformation', handle)),
    )
    t.equal((await more[100])?.status, Status.insufficientResources)
    await driver.set('hold', 0)
    await Promise.all(more)

    await driver.set('delay', 200)
    const before = performance.now()
    await driver.submit(ofHandle('QueryInformation', handle))
    t.ok(performance.now() - before >= 180, 'handed out later')
    await driver.set('delay', 0)

    const given = driver.send(read(handle, 0, 8))
    t.ok(await until(async () => (await driver.stats()).given === 1))
    t.equal(await driver.cancel(given.id), false)
    await driver.set('transactTimeout', 30)
    await driver.submit(ofHandle('QueryInformation', handle))
    t.ok(
      await until(async () => (await driver.stats()).timeouts > 2),
      'nothing to hand out',
    )
    t.same(await driver.violations(), [])

    await driver.stop()
    t.equal((await given.reply).status, Status.cancelled)
    const after = await driver.submit(create('\\file')).catch(() => undefined)
    t.ok(after === undefined || after.status === Status.cancelled)
    t.match((await echo.running.ended).stdout, /^ended c0000120\r?$/m)
    t.same(echo.report(), [])
  })

  await t.test('the driver goes away', async t => {
    const echo = await startEcho(wine, dll)
    const waiting = echo.driver.submit(create('\\file'))
    await waiting
    await echo.driver.gone(Status.deviceRemoved)
    const { code, stdout } = await echo.running.ended
    t.match(stdout, /^ended c00002b6\r?$/m)
    t.equal(code, 0)
    t.equal(
      String(await echo.driver.stats().catch(String)),
      'Error: the stand-in is gone',
    )
  })

  await t.test('a letter in use, and what the driver refuses', async t => {
    const echo = await startEcho(wine, dll)
    await t.rejects(startEcho(wine, dll), /preflight c0000035/)
    await t.rejects(
      startEcho(wine, dll, {
        environment: { WINPROCFS_STANDIN_PREFLIGHT: '0xC000000E' },
      }),
      /preflight c000000e/,
    )
    await t.rejects(
      startEcho(wine, dll, {
        environment: { WINPROCFS_STANDIN_CREATE: '0xC0000022' },
      }),
      /preflight c0000035/,
    )
    await echo.end()
    await t.rejects(
      startEcho(wine, dll, {
        environment: { WINPROCFS_STANDIN_CREATE: '0xC0000022' },
      }),
      /create c0000022/,
    )
    await t.rejects(
      startEcho(wine, dll, {
        environment: { WINPROCFS_STANDIN_MOUNT: '0xC0000035' },
      }),
      /mount c0000035/,
    )
    const again = await startEcho(wine, dll)
    t.equal(
      await again.driver.stats().then(({ mountPoint }) => mountPoint),
      'P:',
    )
    t.ok((await Drive.on(again.driver)).flags & 0x200)
    await again.end()
  })

  await t.test('a folder that is not there can be the place', async t => {
    const path = join(wine.folder, 'here')
    const point = windowsPath(path)
    const echo = await startEcho(wine, dll, { point })
    t.ok(existsSync(path))
    await t.rejects(startEcho(wine, dll, { point }), /preflight c0000035/)
    await echo.end()
    t.notOk(existsSync(path), 'gone with the mount')
  })

  await t.test('a volume that is stopped in the wrong order', async t => {
    const echo = await startEcho(wine, dll)
    const handle = contextsOf(await echo.driver.submit(create(`\\${slow}`)))
    const given = echo.driver.submit(read(handle, 0, 8)).catch(String)
    t.ok(await until(async () => (await echo.driver.stats()).given === 1))
    const { stdout } = await echo.end('rude')
    t.match(stdout, /^ended c0000120\r?$/m)
    t.same(echo.report(), [
      'FspMountRemove before the volume was stopped',
      'FspFsctlStop without FspFsctlStop0 before it',
    ])
    await given
  })

  await t.test('none is asked before it is ready', async t => {
    // on a busy machine this may come too late to be early
    for (const pause of [2000, 10_000, 30_000]) {
      const echo = await startEcho(wine, dll, { pause })
      const early = await echo.driver.submit(create('\\file'))
      const isLate = /^mounted/m.test(echo.running.stdout())
      await echo.running.line(/^mounted/)
      t.equal((await echo.driver.submit(create('\\file'))).status, 0)
      await echo.end()
      if (isLate && pause < 30_000) continue
      t.equal(early.status, Status.cancelled)
      break
    }
  })

  await t.test('a file system that is killed leaves nothing', async t => {
    const echo = await startEcho(wine, dll)
    const handle = contextsOf(await echo.driver.submit(create(`\\${slow}`)))
    const waiting = echo.driver.submit(read(handle, 0, 8)).catch(String)
    t.ok(await until(async () => (await echo.driver.stats()).given === 1))
    await echo.running.kill()
    t.equal(await waiting, 'Error: the stand-in is gone')
    const next = await startEcho(wine, dll)
    t.equal((await next.driver.submit(create('\\file'))).status, 0)
    await next.end()
  })

  await t.test('a file system in C, to measure others by', async t => {
    const handler = buildHandler(wine.folder)
    const started = await startDrive(wine, handler, [windowsPath(dll), '8192'])
    await started.running.line(/^mounted$/)
    const options = { path: '\\file', rounds: 2000, isOnce: true }
    const cycles = await started.driver.cycle(options)
    t.match(cycles, { failed: 0, bytes: 2000 * 8192 })
    t.comment(`open, read, close of 8 KiB: ${cycles.median} us`)
    t.same(await started.driver.violations(), [])
    t.match(await started.driver.stats(), { handles: 0, mapped: 0 })
    await started.driver.stop()
    t.equal((await started.running.ended).code, 0)
  })

  await t.test('many requests and answers in one call, Cleanup', async t => {
    const { driver, drive, running } = await startDrive(
      wine,
      buildHandler(wine.folder),
      [windowsPath(dll), '100', 'batch', 'cleanup'],
    )
    await running.line(/^mounted$/)
    const program = drive.program()
    const file = await program.open('\\file')
    const before = await driver.stats()
    await driver.set('hold', 1)
    const reads = Array.from({ length: 20 }, (_, at) =>
      driver.submit(read(file.contexts, at, 1)),
    )
    t.ok(await until(async () => (await driver.stats()).queued === 20))
    await driver.set('hold', 0)
    const bytes = (await Promise.all(reads)).map(({ data }) => data[0])
    t.same(bytes, [...bytes.keys()])
    await file.close()
    const { requests, transacts, mostGiven } = await driver.stats()
    t.equal(mostGiven, 20)
    t.equal(requests - before.requests, 22, 'with a Cleanup and a Close')
    t.ok(transacts - before.transacts <= 5, 'in few calls')
    t.match(await driver.cycle({ path: '\\file', rounds: 300, threads: 8 }), {
      failed: 0,
      bytes: 300 * 100,
    })
    t.same(await driver.violations(), [])
    t.match(await driver.stats(), { handles: 0, mapped: 0, tokens: 0 })
    await driver.stop()
    t.equal((await running.ended).code, 0)
  })
})
