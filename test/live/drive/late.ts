/**
 * Walkers that come late, when their request was answered and its Hint is that
 * of another: who is served then gets its own, and no buffer is written to that
 * is not lent any more.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { count, firstLate, firstOther } from '../../fixtures/gated.ts'
import { missing, noLinux, noMingw, noWine } from '../../rig/need.ts'
import { Rsp, Status, viewOf } from '../../rig/winfsp/abi.ts'
import { buildStandIn } from '../../rig/winfsp/build.ts'
import type { Driver, Reply } from '../../rig/winfsp/driver.ts'
import { mapsOf, startGated, type Gated } from '../../rig/winfsp/mounted.ts'
import {
  create,
  ofHandle,
  read,
  type Contexts,
} from '../../rig/winfsp/requests.ts'
import { contextsOf, nameOf } from '../../rig/winfsp/responses.ts'
import { startWine } from '../../rig/wine.ts'

const wanted = 10_000

/** STATUS_IO_TIMEOUT */
const timeout = 0xc00000b5

const hintOf = ({ response }: Reply): bigint => Rsp.view(viewOf(response)).Hint

const pidsFrom = (first: number): number[] =>
  Array.from({ length: count }, (_, at) => first + at)

/** What a reader of a process's maps got: the pid that the text is of. */
const pidIn = ({ data }: Reply): number =>
  Number(/\/walk\/(\d+)\n$/.exec(Buffer.from(data).toString())?.[1])

/** Seconds within which every request is answered, whatever is late. */
const patience = 60

/** Sends one request for each, all at once. */
const all = async <T>(
  driver: Driver,
  each: readonly T[],
  request: (of: T) => Uint8Array,
): Promise<Reply[]> => {
  const late = new AbortController()
  const { signal } = late
  const replies = await Promise.race([
    Promise.all(each.map(of => driver.submit(request(of)))),
    sleep(patience * 1000, undefined, { signal }).catch(() => undefined),
  ])
  late.abort()
  if (replies === undefined) throw new Error('a request was never answered')
  return replies
}

/** A way to ask for texts of processes, and to tell whose one got. */
interface Way {
  readonly name: string
  ask(pids: readonly number[]): Promise<Reply[]>
  /** Of those that were granted: whose each is. */
  whose(replies: readonly Reply[]): Promise<number[]>
}

/** Each asks by a Create, which is told the size of the text. */
const opening = ({ driver }: Gated): Way => ({
  name: 'Create',
  ask: pids => all(driver, pids, pid => create(mapsOf(pid))),
  async whose(replies) {
    await all(driver, replies, reply => ofHandle('Close', contextsOf(reply)))
    return replies.map(({ response }) =>
      Number(/\d+/.exec(nameOf(response))?.[0]),
    )
  },
})

/** Each asks by a Read of a handle that was read before, which makes it anew. */
const reading = async ({ driver }: Gated): Promise<Way> => {
  const handles = new Map<number, Contexts>()
  for (const pid of [...pidsFrom(firstLate), ...pidsFrom(firstOther)]) {
    // on a machine that is very busy even these may be too late
    for (;;) {
      const opened = await driver.submit(create(mapsOf(pid)))
      if (opened.status !== Status.success) continue
      const handle = contextsOf(opened)
      handles.set(pid, handle)
      if (pidIn(await driver.submit(read(handle, 0, 4096))) === pid) break
    }
  }
  return {
    name: 'Read',
    ask: pids =>
      all(driver, pids, pid => read(handles.get(pid) as Contexts, 0, 4096)),
    whose: async replies => replies.map(pidIn),
  }
}

t.test(
  `${wanted} late walkers, and the Hints that they were called by`,
  { ...missing(noLinux, noWine, noMingw), timeout: 500_000 },
  async t => {
    const wine = await startWine(t)
    const mount = await startGated(wine, buildStandIn(wine.folder), {
      deadline: 40,
      // those that are stuck are replaced: five times as many
      walkers: 7,
    })
    const { driver, running, report } = mount
    const ways = [opening(mount), await reading(mount)]
    const strangers: string[] = []

    /** Others that were served while a late walker had their Hint. */
    const round = async ({ name, ask, whose }: Way): Promise<number> => {
      await mount.shut()
      const late = await ask(pidsFrom(firstLate))
      const hints = new Set(
        late.filter(({ status }) => status === timeout).map(hintOf),
      )
      const isFull = (await mount.inside()) === count && hints.size === count
      // these open the gate, and are served when all have passed it
      const pids = pidsFrom(firstOther)
      const replies = await ask(pids)
      const served = pids.filter((_, at) => replies[at]?.status === 0)
      const granted = replies.filter(({ status }) => status === 0)
      const found = await whose(granted)
      for (const [at, pid] of served.entries())
        if (found[at] !== pid) strangers.push(`${name} ${pid}: ${found[at]}`)
      // not enough walkers yet, or none of the others has come to walk
      await mount.open()
      if (!isFull) return 0
      return granted.filter(reply => hints.has(hintOf(reply))).length
    }

    const counts = ways.map(() => 0)
    let rounds = 0
    for (; counts.some(count => count < wanted / ways.length); rounds++) {
      const at = rounds % ways.length
      counts[at]! += await round(ways[at] as Way)
      // what is wrong once need not be seen 10,000 times
      const { violations } = await driver.stats()
      if (strangers.length + violations > 0) break
    }
    t.same(strangers, [], 'each got its own')
    t.same(await driver.violations(), [], 'nothing the driver would not have')
    t.ok(counts.every(count => count >= wanted / ways.length))
    t.comment(`${counts.join(' + ')} in ${rounds} rounds`)
    while ((await mount.inside()) > 0) await sleep(10)
    t.match(await driver.stats(), { given: 0, mapped: 0, tokens: 0 })
    await driver.stop()
    t.match(await running.ended, { code: 0 })
    t.same(report(), [], 'nothing the driver would not have')
  },
)
