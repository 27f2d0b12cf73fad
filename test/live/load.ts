/** Many readers at once, on a real mount: no error, and nothing stays behind. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Held } from '../../fs/host.ts'
import { missing, noFile, noLinux, noRoot } from '../rig/need.ts'
import { reading } from '../rig/reading.ts'
import { serve, type Server } from '../rig/server.ts'

const readers = 16
const opens = 20_000
const pids = 200

/** Resident memory, kB. */
const residentOf = (pid: number): number =>
  Number(
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
  )

const descriptorsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).length

/** What the kernel holds once it has been asked to forget all it can. */
const heldBy = async (server: Server): Promise<Held> => {
  const until = performance.now() + 60_000
  for (;;) {
    // slab objects: names and nodes (Documentation/admin-guide/sysctl/vm.rst)
    writeFileSync('/proc/sys/vm/drop_caches', '2')
    await sleep(200)
    const held = await server.held()
    const isNone = Object.values(held).every(count => count === 0)
    if (isNone || performance.now() > until) return held
  }
}

t.test(
  `${readers} readers, ${pids} pids, ${opens} opens`,
  missing(noLinux, noRoot, noFile('/dev/fuse')),
  async t => {
    const sleepers: ChildProcess[] = []
    t.teardown(() => sleepers.forEach(sleeper => sleeper.kill()))
    for (let n = 0; n < pids; n++)
      sleepers.push(spawn('sleep', ['600'], { stdio: 'ignore' }))
    const server = await serve(t, { host: 'fuse' })
    const files = ['maps', 'maps', 'maps', 'stat', 'status', 'environ']
    const paths = sleepers.map(
      ({ pid }, n) => `${server.proc}/${pid}/${files[n % files.length]}`,
    )
    // these come and go while the others read
    const passing = setInterval(() => spawn('true', { stdio: 'ignore' }), 20)
    const round = async () => {
      const all = await Promise.all(
        Array.from({ length: readers }, (_, n) =>
          reading(opens / readers, [...paths.slice(n), ...paths.slice(0, n)]),
        ),
      )
      t.equal(all.flatMap(({ times }) => times).length, opens)
      t.same(
        all.flatMap(({ errors }) => Object.keys(errors)),
        [],
      )
    }
    // what V8 lets its threads' heaps grow to stands after two: one round later
    // it is some 40 MiB more than after the first, seven rounds later no more
    await round()
    await round()
    t.same(await heldBy(server), { nodes: 0, files: 0, directories: 0 })
    const [descriptors, resident] = [
      descriptorsOf(server.pid),
      residentOf(server.pid),
    ]
    await round()
    await round()
    clearInterval(passing)
    t.same(await heldBy(server), { nodes: 0, files: 0, directories: 0 })
    t.equal(descriptorsOf(server.pid), descriptors)
    const grown = residentOf(server.pid) - resident
    t.comment(`${resident} kB resident after two rounds, ${grown} more after 4`)
    // the texts of these rounds would be more than twice as much
    t.ok(grown < 48 * 1024, 'memory is flat, but for what is to be collected')
  },
)
