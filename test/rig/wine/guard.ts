/**
 * Ends a Wine prefix with all that runs in it, and removes its folder, once
 * its stdin ends: so also when the one who holds the other end was killed.
 *
 *     node guard.js FOLDER
 *
 * FOLDER/prefix is the prefix.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeServer } from './server.ts'

const [folder = ''] = process.argv.slice(2)
const prefix = join(folder, 'prefix')
const env = { ...process.env, WINEPREFIX: prefix }

/** Comes to nothing where the server is gone already. */
const server = (flag: string): void => {
  try {
    execFileSync('wineserver', [flag], {
      env,
      stdio: 'ignore',
      timeout: 10_000,
    })
  } catch {
    return
  }
}

const isOfPrefix = (pid: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .includes(`WINEPREFIX=${prefix}`)
  } catch {
    return false
  }
}

/** Kills what the server did not end; how many there were. */
const killRest = (): number => {
  const rest = readdirSync('/proc').filter(
    name =>
      /^\d+$/.test(name) && Number(name) !== process.pid && isOfPrefix(name),
  )
  for (const pid of rest)
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      continue
    }
  return rest.length
}

/**
 * One that was being started while others were looked for, a new server among
 * them, shows in the next look: until there is none.
 */
const killAll = (): void => {
  const word = new Int32Array(new SharedArrayBuffer(4))
  for (let left = 100; left > 0 && killRest() > 0; left--)
    Atomics.wait(word, 0, 0, 50)
}

// meant for the suite, which ends its stdin by ending
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {})

process.stdin.resume().on('end', () => {
  if (existsSync(prefix)) {
    server('-k')
    server('-w')
  }
  killAll()
  removeServer(prefix)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})
