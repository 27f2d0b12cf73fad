import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, rmdirSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import type { HostName } from '../../../fs/index.ts'
import { runPrivately } from '../../rig/mounted.ts'
import { missing, noProgram, noRoot } from '../../rig/need.ts'
import { atRest } from '../../rig/rest.ts'
import { commandOf, newPoint } from '../../rig/server.ts'
import { expected } from './deviations.ts'
import type { Bench } from './kind.ts'

const run = promisify(execFile)
const attempts = new URL('../../rig/attempts.js', import.meta.url).pathname

type Outcomes = Readonly<Record<string, string>>

const users = {
  root: {},
  nobody: { uid: 65534, gid: 65534 },
} as const

type User = keyof typeof users

const attempt = async (
  proc: string,
  pid: number,
  user: User,
): Promise<Outcomes> => {
  const args = [attempts, proc, `${pid}`]
  const options = { ...users[user], timeout: 60_000, cwd: '/' }
  const { stdout } = await run(process.execPath, args, options)
  return JSON.parse(stdout) as Outcomes
}

/** One row for each attempt, so that a failure tells all of them. */
const compare = (
  t: Test,
  host: HostName,
  kernel: Outcomes,
  ours: Outcomes,
): void => {
  const names = Object.keys(kernel)
  t.ok(names.length > 50)
  t.same(
    names.map(name => [name, ours[name]]),
    names.map(name => [name, expected(host, name, kernel[name] as string)]),
  )
}

/**
 * With a mount point, node and a script: tries as a user on a process of that
 * user, here and at the mount that the rest of the arguments make; then has
 * root look, and ends it all. What is left in the list of mounts is told.
 */
const tryAsUser = `
  point=$1 node=$2 script=$3
  shift 3
  setpriv --reuid 65534 --regid 65534 --clear-groups "$@" > /dev/null &
  server=$!
  setpriv --reuid 65534 --regid 65534 --clear-groups sleep 60 &
  target=$!
  for round in $(seq 100); do
    grep -q " $point " /proc/self/mountinfo && break
    sleep 0.1
  done
  user "$node" "$script" /proc $target
  user "$node" "$script" "$point/proc" $target
  LC_ALL=C ls "$point" 2>&1 || :
  kill $target
  kill -TERM $server
  wait $server
  grep " $point " /proc/self/mountinfo || :`

export const writingCases = ({ t, kind, needs, live }: Bench): void => {
  const { name: host } = kind
  const needsRoot = missing(needs.skip, noRoot)
  // nobody but the user who mounts gets in where the caller is not known
  const callers: readonly User[] = kind.caller ? ['root', 'nobody'] : ['root']
  for (const user of callers) {
    for (const owner of ['root', 'nobody'] as const) {
      const told = `what ${user} tries on a process of ${owner} ends as in the kernel’s`
      t.test(told, needsRoot, async t => {
        const { proc } = await live()
        const target = spawn('sleep', ['60'], users[owner])
        await once(target, 'spawn')
        const pid = target.pid as number
        await atRest(pid)
        const kernel = await attempt('/proc', pid, user)
        const ours = await attempt(proc, pid, user)
        target.kill()
        compare(t, host, kernel, ours)
      })
    }
  }

  const needsUser = missing(
    needsRoot.skip,
    noProgram('unshare'),
    noProgram('setpriv'),
    noProgram('fusermount3'),
    noProgram('fusermount'),
  )
  t.test(
    'a user mounts, and it is as the kernel’s for that user',
    needsUser,
    t => {
      const point = newPoint()
      chownSync(point, 65534, 65534)
      const { status, stdout, stderr } = runPrivately(
        tryAsUser,
        point,
        process.execPath,
        attempts,
        ...commandOf({ host }, point),
      )
      rmdirSync(point)
      t.equal(status, 0, stderr)
      const [kernel = '{}', ours = '{}', ...rest] = stdout.split('\n')
      compare(t, host, JSON.parse(kernel), JSON.parse(ours))
      t.match(rest.join('\n'), /Permission denied\n$/, 'root does not get in')
      t.end()
    },
  )
}
