/**
 * The built command under the Node that runs this: reads a file without a
 * mount, then with one, and takes that away. Exit code 1 if anything differs.
 *
 *     npx --package node@24 node dist/test/rig/smoke.js
 */
import { equal, match } from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const cli = resolve(import.meta.dirname, '../../src/cli.js')

const run = (program: string, ...args: readonly string[]): string => {
  const { stdout, stderr, status } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 60_000,
  })
  equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

const winprocfs = (...args: readonly string[]): string =>
  run(process.execPath, cli, ...args)

// a process that stands still while two read it
const sleeper = spawn('sleep', ['60'])
const folder = mkdtempSync(join(tmpdir(), 'winprocfs-smoke-'))
const point = join(folder, 'mnt')
try {
  await once(sleeper, 'spawn')
  const kernel = `/proc/${sleeper.pid}`
  while (readFileSync(`${kernel}/comm`, 'utf8') !== 'sleep\n') continue

  match(winprocfs('cat', '/proc/self/maps'), /\[stack\]\n/)
  equal(winprocfs('cat', `${kernel}/maps`), run('cat', `${kernel}/maps`))

  winprocfs('mount', '--daemon', '--mkdir', point)
  try {
    for (const name of ['cmdline', 'environ', 'maps', 'statm'])
      equal(
        run('cat', `${point}${kernel}/${name}`),
        run('cat', `${kernel}/${name}`),
      )
    equal(run('cat', `${point}/proc/self/comm`), 'cat\n')
  } finally {
    winprocfs('unmount', point)
  }
  // the server removes what --mkdir made as the last thing that it does
  for (let tries = 0; existsSync(point) && tries < 2400; tries++)
    await new Promise(later => setTimeout(later, 25))
  equal(existsSync(point), false, `${point} is still there`)
} finally {
  sleeper.kill()
  if (!existsSync(point)) rmdirSync(folder)
}
console.log(`Node ${process.version}: cat, mount, unmount: ok`)
