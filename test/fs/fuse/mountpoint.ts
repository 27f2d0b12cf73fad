import t from 'tap'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { openDevice } from '../../../fs/fuse/device.ts'
import { libc } from '../../../fs/fuse/libc.ts'
import { mounts } from '../../../fs/fuse/mountinfo.ts'
import { statCode } from '../../../fs/fuse/probe.ts'
import {
  checkPoint,
  isOurPoint,
  realPoint,
  staleMounts,
} from '../../../fs/fuse/mountpoint.ts'
import { Errno } from '../../../provider/errno.ts'
import { missing, noFile, noLinux, noProgram, noRoot } from '../../rig/need.ts'
import { newPlace, run, serve } from '../../rig/mounted.ts'

const needsLinux = missing(noLinux)
const needs = missing(noLinux, noRoot, noFile('/dev/fuse'))
const needsUser = missing(noLinux, noRoot, noProgram('setpriv'))

const place = newPlace()
t.teardown(() => place.remove())

/** Other programs may have left some elsewhere. */
const staleHere = (): string[] =>
  staleMounts().filter(point => point.startsWith(place.folder))

const refusal = (point: string, make?: boolean): string => {
  try {
    return `accepted: ${checkPoint(point, make)}`
  } catch (error) {
    return error instanceof Errno
      ? `${error.code} ${error.message}`
      : String(error)
  }
}

t.test('an empty directory will do, by any of its names', needsLinux, t => {
  const point = place.point('empty')
  const link = join(place.folder, 'link')
  const way = join(place.folder, 'way')
  symlinkSync('empty', link)
  symlinkSync(place.folder, way)
  const names = [
    point,
    `${point}/`,
    relative(process.cwd(), point),
    `${place.folder}/./empty/../empty`,
    link,
    `${way}/link`,
    `${way}/../${place.folder.split('/').at(-1)}/empty`,
  ]
  for (const name of names) t.equal(checkPoint(name), point, name)
  t.end()
})

t.test('a link may lead up and down again', needsLinux, t => {
  const folder = place.point('links')
  mkdirSync(join(folder, 'a'))
  mkdirSync(join(folder, 'b'))
  symlinkSync('.././/b', join(folder, 'a/to-b'))
  t.equal(checkPoint(join(folder, 'a/to-b')), join(folder, 'b'))
  t.end()
})

t.test('what will not do is refused by name, with a remedy', needsLinux, t => {
  const full = place.point('full')
  const file = join(full, 'file')
  const loop = join(place.folder, 'loop')
  const none = join(place.folder, 'none')
  writeFileSync(file, '')
  symlinkSync('loop', loop)
  const refusals = {
    [none]: `ENOENT ${none}: No such file or directory: create it first (mkdir), or choose another`,
    [`${none}/x`]: `ENOENT ${none}/x: No such file or directory: create it first (mkdir), or choose another`,
    [file]: `ENOTDIR ${file}: Not a directory: choose a directory`,
    [`${file}/x`]: `ENOTDIR ${file}/x: Not a directory: choose a directory`,
    [full]: `ENOTEMPTY ${full}: not empty: choose another directory`,
    [loop]: `ELOOP ${loop}: Too many levels of symbolic links`,
  }
  for (const [point, told] of Object.entries(refusals))
    t.equal(refusal(point), told)
  t.end()
})

t.test('/proc, what is in it and above it are refused', needsLinux, t => {
  const link = join(place.folder, 'to-proc')
  symlinkSync('/proc', link)
  const points = ['/', '/proc', '/proc/sys', '/proc/self', link, `${link}/1`]
  for (const point of points)
    t.match(
      refusal(point),
      /^EBUSY .*: (holds|belongs to) the kernel's /,
      point,
    )
  t.ok(
    refusal('/proc').startsWith("EBUSY /proc: belongs to the kernel's /proc"),
  )
  t.ok(refusal('/').startsWith("EBUSY /: holds the kernel's /proc"))
  t.end()
})

t.test('a directory that the user may not read is refused', needsUser, t => {
  const point = join(place.point('private'), 'inside')
  mkdirSync(point)
  run('chmod', '700', join(place.folder, 'private'))
  const module = new URL('../../../fs/fuse/mountpoint.js', import.meta.url).href
  const { stdout } = run(
    'setpriv',
    '--reuid=65534',
    '--clear-groups',
    process.execPath,
    '-e',
    `import('${module}').then(({ checkPoint }) => {
      try { console.log(checkPoint('${point}')) }
      catch ({ code, message }) { console.log(code, message) }
    })`,
  )
  t.equal(
    stdout,
    `EACCES ${point}: Permission denied: choose a directory of your own\n`,
  )
  t.end()
})

t.test('a directory is made where that is asked for', needsLinux, t => {
  const point = join(place.folder, 'made/of/many')
  t.equal(checkPoint(point, true), point)
  t.ok(existsSync(point))
  t.equal(checkPoint(point, true), point, 'and taken where it is there')
  const file = join(place.folder, 'a-file')
  writeFileSync(file, '')
  t.match(refusal(file, true), /^ENOTDIR/)
  t.match(refusal(`${file}/x`, true), /^ENOTDIR/)
  for (const none of ['/proc/none', '/proc/none/x', '/proc/self/none'])
    t.match(refusal(none, true), /^EBUSY .*: belongs to the kernel's \/proc/)
  t.end()
})

t.test('a live mount of ours is refused, and all inside it', needs, async t => {
  const point = place.point('live')
  const server = await serve(point)
  t.equal(isOurPoint(point), true)
  t.equal(
    refusal(point),
    `EBUSY ${point}: a winprocfs is mounted there already: ` +
      `unmount it first (winprocfs unmount ${point})`,
  )
  t.equal(refusal(point, true), refusal(point))
  const inside = join(point, 'proc')
  t.equal(
    refusal(inside),
    `EINVAL ${inside}: lies inside the winprocfs at ${point}`,
  )
  t.equal(refusal(inside, true), refusal(inside))
  t.equal(realPoint(point), point, 'for who wants to unmount it')
  t.strictSame(staleHere(), [])
  run('umount', point)
  t.equal(await server.ended, 0)
})

t.test('a hanging server holds nobody up', needs, async t => {
  const point = place.point('hanging')
  const server = await serve(point, 'hang')
  t.equal(realPoint(point), point)
  const began = performance.now()
  t.match(refusal(point), /^EBUSY .* a winprocfs is mounted there already/)
  t.ok(performance.now() - began < 4000)
  t.equal(statCode(point, 100), undefined)
  await server.kill()
  t.equal(checkPoint(point), point, 'once it is killed the point is free again')
})

t.test('what killed servers have left is taken away', needs, async t => {
  const point = place.point('stale')
  const first = await serve(point)
  const second = await serve(point)
  await first.kill()
  await second.kill()
  t.equal(statCode(point), 'ENOTCONN')
  t.strictSame(staleHere(), [point])
  t.match(refusal(`${point}/proc`), /^EINVAL/)
  t.equal(checkPoint(point, true), point)
  t.equal(isOurPoint(point), false)
  t.notOk(mounts().some(mount => mount.point === point))
  t.strictSame(staleHere(), [])
})

t.test('a mount upon a stale one is not taken away with it', needs, async t => {
  const point = place.point('covered')
  const below = await serve(point)
  const above = await serve(point)
  await below.kill()
  t.match(refusal(point), /^EBUSY/)
  t.equal(mounts().filter(mount => mount.point === point).length, 2)
  await above.kill()
})

t.test('another file system of that kind is refused unasked', needs, t => {
  const point = place.point('foreign')
  const fd = openDevice()
  const options = `fd=${fd},rootmode=40000,user_id=0,group_id=0`
  t.equal(libc().mount('x', point, 'fuse.other', 0, options), 0)
  t.equal(
    refusal(point),
    `EBUSY ${point}: fuse.other is mounted there already: choose another directory`,
  )
  run('umount', '-l', point)
  t.equal(libc().close(fd), 0)
  t.end()
})

t.test('an empty mount of another kind will do', needs, t => {
  const point = place.point('tmpfs')
  run('mount', '-t', 'tmpfs', 'tmpfs', point)
  t.equal(checkPoint(point), point)
  t.end()
})
