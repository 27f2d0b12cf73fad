/**
 * The fuse host alone, over bytes that are at hand: what the way from the
 * kernel to a reader costs, and nothing else.
 *
 *     node finished.js CACHE POINT
 *
 * It serves until it is killed or unmounted.
 */
import { Filesystem } from '../../fs/filesystem.ts'
import { fuse } from '../../fs/fuse/host.ts'
import { open, text } from './provider.ts'

const [cache = '', point = ''] = process.argv.slice(2)
const bytes = Buffer.from(text)
const filesystem = new Filesystem(open(), {
  render: () => bytes,
  cancel: () => false,
})

fuse.serve(fuse.open(point, { cache: Number(cache) }), filesystem, {
  ready: () => {},
  drain: () => {},
  idle: () => {},
  log: console.error,
})
