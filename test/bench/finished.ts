/**
 * A host alone, over bytes that are at hand: what the way from the driver to a
 * reader costs, and nothing else.
 *
 *     node finished.js HOST CACHE POINT
 *
 * It says `mounted`, and serves until it is killed or unmounted.
 */
import { writeSync } from 'node:fs'
import { Filesystem } from '../../fs/filesystem.ts'
import { hostOf, type HostName } from '../../fs/index.ts'
import { open, text } from './provider.ts'

const [name = '', cache = '', point = ''] = process.argv.slice(2)
const bytes = Buffer.from(text)
const filesystem = new Filesystem(open(), {
  render: () => bytes,
  cancel: () => false,
})

const host = await hostOf(name as HostName)
const channel = host.open(point, { cache: Number(cache) }, console.error)
await host.serve(channel, filesystem, {
  ready: () => {
    host.attach?.(channel)
    writeSync(1, 'mounted\n')
  },
  drain: () => {},
  idle: () => {},
  log: console.error,
})
