import t from 'tap'
import { loadPackage } from '../../../fs/fuse-native/load.ts'
import { optionsOf } from '../../../fs/fuse-native/options.ts'

const failing = (message: string) => () => {
  throw new Error(message)
}
const noLibrary =
  'libfuse.so.2: cannot open shared object file: No such file or directory'

t.test('a package that loads is what it is', async t => {
  const package_ = { mounts: true }
  const loaded: unknown = loadPackage(() => package_)
  t.equal(loaded, package_)
})

t.test('where libfuse is missing, the bundled one is loaded first', async t => {
  let preloaded = 0
  const package_ = { mounts: true }
  const load = () => (preloaded ? package_ : failing(noLibrary)())
  const loaded: unknown = loadPackage(load, () => void preloaded++)
  t.equal(loaded, package_)
  t.equal(preloaded, 1)
})

const remedies = {
  "Cannot find module 'fuse-native'\nRequire stack:\n- x":
    "fuse-native does not load: Cannot find module 'fuse-native'; npm install fuse-native",
  [noLibrary]: `fuse-native does not load: ${noLibrary}; install libfuse2 (in Debian 13 libfuse2t64)`,
  'No native build was found for platform=linux arch=arm64': /--host fuse$/,
  'Library not loaded: libfuse.2.dylib': /install macFUSE$/,
  'something else': 'fuse-native does not load: something else',
}
for (const [message, told] of Object.entries(remedies)) {
  t.test(`the remedy is told: ${message.split('\n')[0]}`, async t => {
    const load = failing(message)
    t.throws(() => loadPackage(load, failing('nor is that there')), {
      code: 'ENODEV',
      message: told,
    })
  })
}

t.test('options: direct_io, nothing kept, nobody else', async t => {
  const options = optionsOf({})
  t.match(options, /^-o/)
  const all = options.slice(2).split(',')
  // prettier-ignore
  t.match(new Set(all), new Set([
    'subtype=winprocfs', 'direct_io', 'use_ino', 'attr_timeout=0',
    'entry_timeout=0', 'negative_timeout=0',
  ]))
  t.notMatch(options, /allow_/)
  t.match(optionsOf({ cache: 2.5 }), /attr_timeout=2\.5,entry_timeout=2\.5/)
})
