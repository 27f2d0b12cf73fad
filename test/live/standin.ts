/** The stand-in for WinFsp's driver, by the least file system there can be. */
import t, { type Test } from 'tap'
import { missing, noLinux, noMingw, noWine } from '../rig/need.ts'
import { FileInfo, Status } from '../rig/winfsp/abi.ts'
import { buildStandIn } from '../rig/winfsp/build.ts'
import { Token } from '../rig/winfsp/driver.ts'
import { content, slow, wrongs, type Wrong } from '../rig/winfsp/echo/files.ts'
import { startEcho } from '../rig/winfsp/start.ts'
import { startWine } from '../rig/wine.ts'
import {
  Access,
  create,
  ofHandle,
  queryDirectory,
  read,
} from '../rig/winfsp/requests.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 240_000 }

t.test('the stand-in', need, async t => {
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)

  await t.test('a file is opened, read, listed and closed', async t => {
    const echo = await startEcho(wine, dll)
    const program = echo.drive.program()
    const file = content.get('file') as Uint8Array
    t.same(await program.readFile('\\file'), Buffer.from(file))
  })
})
