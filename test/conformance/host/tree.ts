import * as fs from 'node:fs'
import { join } from 'node:path'
import { stamped } from '../../fixtures/stamped.ts'
import { listing } from '../../rig/libc.ts'
import { outcomeOf } from '../../rig/outcome.ts'
import { readAll } from '../../rig/reads.ts'
import type { Bench } from './kind.ts'

const { S_IFMT, S_IFDIR, S_IFLNK } = fs.constants

/** All entries of a directory, by calls with room for a few. */
const list = (path: string): ReturnType<typeof listing> => {
  const fd = fs.openSync(path, 'r')
  try {
    return listing(fd, 256)
  } finally {
    fs.closeSync(fd)
  }
}

/** What is wrong with a listing. */
const faults = (path: string): string[] => {
  const entries = list(path)
  const names = entries.map(({ name }) => name)
  const wrong = entries.filter(({ name, type, inode }) => {
    const stat = fs.lstatSync(join(path, name), { bigint: true })
    return (
      type !== Number(stat.mode & BigInt(S_IFMT)) >> 12 ||
      // that of a directory's parent is the kernel's to know
      (name !== '..' && inode !== stat.ino)
    )
  })
  return [
    ...(names[0] === '.' && names[1] === '..' ? [] : [`${path}: ${names}`]),
    ...(new Set(names).size === names.length ? [] : [`${path}: twice`]),
    ...wrong.map(({ name, type }) => `${path}/${name}: type ${type} or inode`),
  ]
}

/** All paths under a directory, links not followed. */
const below = (path: string): string[] =>
  fs.readdirSync(path, { withFileTypes: true }).flatMap(entry => {
    const inside = join(path, entry.name)
    return entry.isDirectory() ? [inside, ...below(inside)] : [inside]
  })

const filesIn = (path: string): string[] =>
  fs
    .readdirSync(path, { withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(path, entry.name))

/** What comes of looking into a path: `ok`, or a code. */
const look = (path: string): string =>
  outcomeOf(() => {
    const format = fs.lstatSync(path).mode & S_IFMT
    if (format === S_IFLNK) fs.readlinkSync(path)
    else if (format !== S_IFDIR) readAll(path, 1024)
    return 'ok'
  })

export const treeCases = ({ t, kind, needs, live, fixed }: Bench): void => {
  t.test('the root’s inode is 1', needs, async t => {
    const { point } = await fixed()
    t.equal(fs.statSync(point).ino, 1)
    t.ok(fs.statSync(point).isDirectory())
  })

  t.test('a name that is not there is ENOENT', needs, async t => {
    const { point } = await fixed()
    for (const name of ['x', 'proc/x', 'proc/1000/x', 'proc/1000/task/x'])
      t.equal(
        outcomeOf(() => fs.lstatSync(join(point, name))),
        'ENOENT',
        name,
      )
  })

  // prettier-ignore
  const strange = [
    '01', '+1', '1x', '0', '-1', '4194305', 'SELF', ' 1', '1 ', '1\n', '١',
    '1.0', '1e3', '0x1', '4294967297', '18446744073709551617',
  ]
  t.test(
    'only a number written as the kernel does is a pid',
    needs,
    async t => {
      const { proc } = await live()
      t.ok(fs.statSync(join(proc, '1')))
      for (const name of strange) {
        for (const path of [name, `1/task/${name}`]) {
          const found = outcomeOf(() => fs.lstatSync(join(proc, path)))
          t.equal(found, 'ENOENT', JSON.stringify(path))
        }
      }
    },
  )

  t.test('listings are whole, and of the right types', needs, async t => {
    const { point } = await fixed()
    const all = [point, ...below(point)]
    t.ok(all.includes(join(point, `proc/${stamped.pid}/task`)))
    const directories = all.filter(path => fs.lstatSync(path).isDirectory())
    t.same(directories.flatMap(faults), [])
    const fd = fs.openSync(point, 'r')
    t.same(
      listing(fd, 4096).map(({ name }) => name),
      ['.', '..', 'proc'],
    )
    fs.closeSync(fd)
  })

  t.test('all inode numbers differ', needs, async t => {
    const { point } = await fixed()
    const all = [point, ...below(point)]
    const numbers = all.map(path => fs.lstatSync(path, { bigint: true }).ino)
    t.equal(new Set(numbers).size, all.length)
  })

  t.test('every file of the fixture can be read', needs, async t => {
    const { point } = await fixed()
    const all = below(point)
    t.ok(all.length > 50)
    const failed = all
      .map(path => [path, look(path)] as const)
      .filter(([, looked]) => looked !== 'ok')
    for (const [path, looked] of failed) {
      if (path.endsWith('/mem')) {
        t.equal(looked, 'EIO', `${path}: nothing is at 0`)
        continue
      }
      // links of which the fixture does not know, or that lead to us
      t.equal(looked, 'ENOENT', path)
      t.match(path, /\/(?:cwd|exe|root|self|thread-self)$/)
    }
    t.ok(all.length > 2 * failed.length)
  })

  t.test(
    'every process’s files can be read, or as little as in the kernel’s',
    needs,
    async t => {
      const { proc } = await live()
      const pids = fs.readdirSync(proc).filter(name => /^\d/.test(name))
      t.ok(pids.includes(`${process.pid}`))
      const paths = pids.flatMap(pid => {
        const files = outcomeOf(() => filesIn(join(proc, pid)))
        return typeof files === 'string' ? [] : files
      })
      // the threads of one, too
      paths.push(...below(join(proc, `${process.pid}`)))
      t.ok(paths.length > 100, `${paths.length} files`)
      for (const path of paths) {
        const looked = look(path)
        // it may have ended meanwhile
        if (['ok', 'ENOENT', 'ESRCH'].includes(looked)) continue
        t.equal(looked, look(path.replace(proc, '/proc')), path)
      }
    },
  )

  t.test(
    'types, permissions, owners and sizes are the kernel’s',
    needs,
    async t => {
      const { proc } = await live()
      const own = below(join(proc, `${process.pid}`))
        // what is opened to list them is not there any more
        .filter(path => !/\/fd(?:info)?\/(?:[3-9]|\d\d+)$/.test(path))
        .map(path => path.slice(proc.length))
      t.ok(own.includes(`/${process.pid}/fd/2`))
      const attributes = (root: string): readonly unknown[] =>
        own.map(path => {
          const { mode, uid, gid, size } = fs.lstatSync(root + path)
          return { path, mode: mode.toString(8), uid, gid, size }
        })
      t.same(attributes(proc), attributes('/proc'))

      // root may have changed an owner there; and `mounts` has a size there
      const names = fs.readdirSync(proc).filter(name => !/^\d/.test(name))
      const modes = (root: string): readonly unknown[] =>
        names.map(name => [name, fs.lstatSync(`${root}/${name}`).mode])
      t.same(modes(proc), modes('/proc'))

      const [ours, kernel] = [proc, '/proc'].map(
        root => fs.statSync(`${root}/${process.pid}/task`).nlink,
      )
      t.equal(ours, kernel, 'task counts its threads')
    },
  )

  t.test('proc/mounts is a link to self/mounts', needs, async t => {
    const { proc } = await live()
    const path = join(proc, 'mounts')
    if (kind.caller) {
      t.equal(fs.readlinkSync(path), 'self/mounts')
      t.equal(
        fs.readFileSync(path, 'utf8'),
        fs.readFileSync('/proc/mounts', 'utf8'),
      )
    } else {
      t.equal(
        outcomeOf(() => fs.readlinkSync(path)),
        'ENOENT',
      )
      t.notOk(fs.readdirSync(proc).includes('mounts'))
    }
  })

  t.test('statfs tells of blocks of 4 KiB and none in use', needs, async t => {
    const { point } = await fixed()
    const { bsize, blocks, bfree } = fs.statfsSync(point)
    t.same({ bsize, blocks, bfree }, { bsize: 4096, blocks: 0, bfree: 0 })
    t.equal(fs.statfsSync('/proc').bsize, bsize)
  })
}
