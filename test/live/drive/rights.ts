/** What one who has no right to a process is told of it, row by row. */
import t from 'tap'
import type { Right } from '../../../provider/contract.ts'
import type { Directory, Each, Row } from '../../../fs/node.ts'
import { tree } from '../../../fs/tree.ts'
import { programs } from '../../rig/mingw.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { Status, getReparsePoint } from '../../rig/winfsp/abi.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import { until } from '../../rig/winfsp/mounts.ts'
import {
  Outside,
  Refusal,
  type OpenFile,
  type Program,
} from '../../rig/winfsp/client.ts'
import { Token } from '../../rig/winfsp/driver.ts'
import { mountOurs } from '../../rig/winfsp/ours.ts'
import {
  Access,
  Option,
  fileSystemControl,
  read,
  type CreateOptions,
} from '../../rig/winfsp/requests.ts'
import { startWine, windowsPath } from '../../rig/wine.ts'

const need = { ...missing(noLinux, noWine, noMingw), timeout: 500_000 }

/** A row at the path of one process, or one thread of it. */
interface Place {
  readonly path: string
  readonly row: Row
}

/** What no live process of Windows has, nor its threads. */
const files = ['auxv', 'fd', 'fd\\4', 'fdinfo', 'fdinfo\\4']

/** All rows below a directory, `ids` in the places of those that come and go. */
const placesOf = (
  directory: Directory,
  path: string,
  ids: Readonly<Record<Each['of'], string>>,
): Place[] => {
  const { rows, each } = directory
  const below = Object.entries<Row>(rows)
  if (each) below.push([ids[each.of], each.row])
  return below.flatMap(([name, row]) => {
    const place = { path: `${path}\\${name}`, row }
    return row.kind === 'directory'
      ? [place, ...placesOf(row, place.path, ids)]
      : [place]
  })
}

/** The NTSTATUS of what a program does; 0 too where a link leads it away. */
const statusOf = (act: Promise<unknown>): Promise<number> =>
  act.then(
    () => Status.success,
    (error: unknown) => {
      if (error instanceof Outside) return Status.success
      if (error instanceof Refusal) return error.status
      throw error
    },
  )

/**
 * Bytes from the start: of a window, which has none at address 0, that this is
 * all that is wrong (STATUS_IO_DEVICE_ERROR).
 */
const readFrom = async (file: OpenFile, { row }: Place): Promise<void> => {
  const status = await statusOf(file.read(0, 100))
  const wanted = row.kind === 'window' ? 0xc0000185 : Status.success
  if (status !== wanted) throw new Refusal(`read ${file.path}`, status)
}

/** What a row is there for; how that ends. */
const useOf: {
  readonly [kind in Row['kind']]: (
    program: Program,
    path: string,
  ) => Promise<unknown>
} = {
  text: (program, path) => program.readFile(path),
  window: async (program, path) => {
    const file = await program.open(path)
    const row = { kind: 'window' } as Row
    await readFrom(file, { path, row }).finally(() => file.close())
  },
  link: (program, path) => program.readlink(path),
  directory: (program, path) => program.list(path),
}

const use = (program: Program, { path, row }: Place): Promise<number> =>
  statusOf(useOf[row.kind](program, path))

/** Accesses that let data be read, in ways that Create may come. */
const reads: readonly CreateOptions[] = [
  { access: Access.read },
  { access: Access.readData },
  { access: 0x20 }, // FILE_EXECUTE
  { access: Access.maximum | Access.readData },
  { access: Access.read, options: Option.openReparsePoint },
  { access: Access.read, disposition: 3 }, // OPEN_IF
]

/** As much as there is; attributes, and data by a privilege. */
const mosts: readonly CreateOptions[] = [
  { access: Access.maximum },
  { access: Access.readAttributes },
  { access: Access.readAttributes, granted: Access.readData },
]

const asLink = {
  access: Access.readAttributes,
  options: Option.openReparsePoint,
}

t.test('rights to a process, on the drive', need, async t => {
  const built = programs('made', 'denying')
  t.teardown(built.remove)
  const wine = await startWine(t)
  const dll = buildStandIn(wine.folder)
  const target = await wine.target(built.path.made, windowsPath(wine.folder))
  const { drive, driver, report, end } = await mountOurs({ wine, dll })
  const as = (token: number, { pid } = target): Program =>
    drive.program({ pid, token })
  const own = as(Token.own)
  // under Wine any other has SeDebugPrivilege
  const token = Token.restricted
  const stranger = as(token)

  /** All rows, of one process and the last of its threads. */
  const placesIn = async (pid: number): Promise<Place[]> => {
    const tids = await own.list(`\\proc\\${pid}\\task`)
    const thread = tids.at(-1)?.name ?? ''
    return placesOf(tree, '', { process: String(pid), thread, fd: '4' })
  }
  const here = `\\proc\\${target.pid}`
  /** The paths to a place of that process. */
  const waysTo = ({ path }: Place): readonly string[] => [
    path,
    path.toUpperCase(),
    path.replace(here, '\\proc\\self'),
    path.replace(here, '\\PROC\\SELF'),
  ]

  const places = await placesIn(target.pid)
  const allowed = new Map<Place, number>()
  for (const place of places) allowed.set(place, await use(own, place))
  const there = places.filter(place => allowed.get(place) === Status.success)
  const absent = places.filter(place => !there.includes(place))
  const open = there.filter(({ row }) => row.right === 'none')
  const closed = there.filter(({ row }) => row.right !== 'none')
  /** The same rows of another process. */
  const thereIn = async (pid: number): Promise<Place[]> =>
    (await placesIn(pid)).filter(
      (_, at) => allowed.get(places[at] as Place) === Status.success,
    )

  await t.test('who has all rights reads every row there is', async t => {
    t.same(
      absent.map(({ path }) => path),
      [
        '\\proc\\thread-self',
        ...files.map(name => `${here}\\${name}`),
        `${here}\\crash`,
        `${here}\\smaps`,
        ...files.map(
          name => `${places.at(-1)?.path.replace(/\w+$/, '')}${name}`,
        ),
      ],
      'but what Windows has not',
    )
    const names = new Set(closed.map(({ path }) => path.split('\\').at(-1)))
    for (const name of [
      'maps',
      'mem',
      'environ',
      'cmdline',
      'exe',
      'cwd',
      'root',
    ])
      t.ok(names.has(name), name)
    t.ok(closed.every(({ path }) => path.startsWith(`${here}\\`)))
    const unprivileged = as(Token.noPrivileges)
    for (const place of closed)
      t.equal(await use(unprivileged, place), Status.success, place.path)
  })

  await t.test("a restricted token has what is everyone's", async t => {
    for (const place of [...open, ...absent])
      t.equal(await use(stranger, place), allowed.get(place), place.path)
    for (const { path, row } of open)
      if (row.kind === 'directory') {
        const both = (): Promise<string[][]> =>
          Promise.all(
            [stranger, own].map(async program =>
              (await program.list(path)).map(({ name }) => name),
            ),
          )
        // processes may come and go between the two
        await until(async () => {
          const [theirs, ours] = await both()
          return `${theirs}` === `${ours}`
        })
        const [theirs, ours] = await both()
        t.same(theirs, ours, `the names in ${path}`)
      }
  })

  await t.test('it opens no text that is not', async t => {
    const texts = closed.filter(
      ({ row }) => row.kind === 'text' || row.kind === 'window',
    )
    for (const path of texts.flatMap(waysTo)) {
      for (const options of reads)
        t.equal(
          await statusOf(stranger.open(path, options)),
          Status.accessDenied,
          `${path} ${JSON.stringify(options)}`,
        )
      for (const options of mosts) {
        const file = await stranger.open(path, options)
        t.equal(file.access & 0x21, 0, `${path}: no data`)
        t.same([file.opened.size, (await file.info()).size], [0, 0])
        // whoever holds the handle: it has the rights of who opened it
        const request = read(file.contexts, 0, 100)
        for (const by of [token, Token.own])
          t.match(await driver.submit(request, { token: by }), {
            status: Status.accessDenied,
          })
        await file.close()
      }
    }
  })

  await t.test('it is told where no link leads', async t => {
    const links = closed.filter(({ row }) => row.kind === 'link')
    for (const path of links.flatMap(waysTo)) {
      for (const way of [path, `${path}\\`, `${path}\\x`, `${path}\\x\\y`])
        for (const options of [...reads.slice(0, 2), ...mosts])
          t.equal(
            await statusOf(stranger.open(way, options)),
            Status.accessDenied,
            way,
          )
      const file = await stranger.open(path, asLink)
      t.ok(file.opened.attributes & 0x400, 'that it is one, is no secret')
      const ask = fileSystemControl(file.contexts, path, getReparsePoint)
      for (const by of [token, Token.own])
        t.match(await driver.submit(ask, { token: by }), {
          status: Status.accessDenied,
        })
      await file.close()
    }
  })

  await t.test('rights that are lost are lost on kept handles', async t => {
    const turning = await wine.target(built.path.denying, 'turns')
    const other = as(token, turning)
    const rows = (await thereIn(turning.pid)).filter(
      ({ path, row }) =>
        row.kind !== 'directory' && path.includes(`\\${turning.pid}\\`),
    )
    const kept: { readonly place: Place; readonly file: OpenFile }[] = []
    for (const place of rows) {
      const options = place.row.kind === 'link' ? asLink : {}
      kept.push({ place, file: await other.open(place.path, options) })
    }
    const isAllowed = async (
      rights: readonly Right[],
      what: string,
    ): Promise<void> => {
      const status = ({ row: { right } }: Place): number =>
        rights.includes(right) ? Status.success : Status.accessDenied
      for (const { place, file } of kept) {
        const isLink = place.row.kind === 'link'
        const again = statusOf(isLink ? file.link() : readFrom(file, place))
        t.equal(await again, status(place), `${what}: kept ${place.path}`)
      }
      for (const place of rows) {
        const ended = await use(other, place)
        t.equal(ended, status(place), `${what}: ${place.path}`)
        const control = await use(as(Token.own, turning), place)
        t.equal(control, Status.success, `${what}: administrators`)
      }
    }
    const all = ['none', 'limited', 'read', 'attach', 'dup'] as const
    await isAllowed(all, 'the text of the open')
    await isAllowed(all, 'from the start again')
    for (const [told, rights] of [
      ['limited', ['none', 'limited']],
      ['none', ['none']],
      ['all', all],
      ['limited', ['none', 'limited']],
    ] as const) {
      t.equal(await turning.checksum(), told)
      await isAllowed(rights, told)
    }
    for (const { file } of kept) await file.close()
    await turning.end()
  })

  t.match(await driver.stats(), { handles: 0, mapped: 0, tokens: 0 })
  t.same(await driver.violations(), [])
  t.match(await end(), { code: 0 })
  t.same(report(), [])
  await target.end()
})
