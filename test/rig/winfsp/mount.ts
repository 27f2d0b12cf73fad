/**
 * Mounts for tests of load, in Node for Windows:
 *
 *     node mount.js PROVIDER POINT DEADLINE WALKERS
 *
 * PROVIDER is `windows`, or `gated` for the processes of
 * test/fixtures/gated.ts; the deadline is in milliseconds, and may be less than
 * the program allows. It says its pid and `mounted`, and then, whenever that
 * has changed, what programs hold open: `held FILES DIRECTORIES`.
 */
import { writeSync } from 'node:fs'
import { leave, serveMount } from '../../../src/foreground.ts'
import type { Mounted } from '../../../src/mount.ts'
// before there are other threads
import { gated } from '../../fixtures/gated.ts'

const [provider = '', point = '', deadline = '', walkers = ''] =
  process.argv.slice(2)

const say = (line: string): void => void writeSync(1, `${line}\n`)

const tell = (mounted: Mounted): void => {
  say(`pid ${process.pid}`)
  say('mounted')
  let last = ''
  setInterval(() => {
    const { files, directories } = mounted.held()
    const held = `held ${files} ${directories}`
    if (held !== last) say(held)
    last = held
  }, 50)
}

const code = await serveMount(
  {
    point,
    host: 'winfsp',
    source: {
      provider: provider === 'gated' ? gated : provider,
      options: { spans: true },
    },
    view: { dialect: 'linux', paths: 'mixed' },
    deadline: Number(deadline),
    walkers: Number(walkers),
  },
  tell,
)
leave(code)
