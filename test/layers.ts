import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { wrongArrows } from './gate/layers.ts'

const root = resolve(import.meta.dirname, '../..')

const texts = ['src', 'fs', 'provider', 'install'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
    .map(path => [path, readFileSync(join(root, path), 'utf8')] as const),
)

t.test('the sources keep the arrows', t => {
  t.ok(texts.length > 50)
  t.same(wrongArrows(texts), [])
  t.end()
})

t.test('what each floor may import', t => {
  const table: readonly (readonly [string, string])[] = [
    ['src/mount.ts', `import { mount } from '../fs/host.ts'`],
    ['src/cli.ts', `import { Command } from 'commander'`],
    ['src/doctor.ts', `const x = await import('../install/doctor.ts')`],
    ['src/pool.ts', `new Worker(new URL('./walker.ts', import.meta.url))`],
    ['fs/openfile.ts', `import { encode } from '../provider/text.ts'`],
    [
      'fs/fuse/codec/abi.ts',
      `import { u8 } from '../../../provider/nt/layout.ts'`,
    ],
    ['fs/index.ts', `const host = await import('./fuse/host.ts')`],
    ['provider/index.ts', `const open = () => import('./linux/index.ts')`],
    ['provider/index.ts', `import type { X } from './linux/index.ts'`],
    ['provider/linux/maps.ts', `import { x } from '../space/space.ts'`],
    ['provider/space/heaps.ts', `import { x } from '../nt/heap.ts'`],
    ['provider/nt/heap.ts', `import type { X } from '../contract.ts'`],
    ['provider/text.ts', `const decoder = new TextDecoder()`],
    ['fs/document/stat.ts', `const x = stat.process + row.console`],
    ['fs/document/stat.ts', `const rows = { process: 1 }`],
    ['fs/document/stat.ts', `const pid = (process: Process) => process.pid`],
    ['provider/contract.ts', `interface System { process(pid: number): void }`],
    ['install/doctor.ts', `import { accessSync } from 'node:fs'`],
  ]
  for (const [path, text] of table)
    t.same(wrongArrows([[path, text]]), [], `${path}: ${text}`)
  t.end()
})

t.test('a bad tree is found out', t => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    [
      'fs/lookup.ts',
      `import { x } from '../provider/linux/maps.ts'`,
      /^fs\/lookup\.ts may not import provider\/linux\/maps\.ts$/,
    ],
    ['fs/lookup.ts', `import type { X } from '../src/mount.ts'`, /may not/],
    ['fs/lookup.ts', `type X = import('../src/mount.ts').X`, /may not/],
    ['fs/lookup.ts', `const x = await import('../src/mount.ts')`, /may not/],
    ['fs/lookup.ts', `export * from '../install/doctor.ts'`, /may not/],
    ['fs/lookup.ts', `export type { X } from '../src/x.ts'`, /may not/],
    ['fs/lookup.ts', `import { x } from '../provider/nt/heap.ts'`, /may not/],
    ['fs/lookup.ts', `import { x } from '../provider/index.ts'`, /may not/],
    [
      'fs/host.ts',
      `new Worker(new URL('../src/walker.ts', import.meta.url))`,
      /may not/,
    ],
    ['fs/host.ts', `import { x } from '../src/x.js'`, /may not/],
    ['src/cli.ts', `import { x } from '../test/rig/needs.ts'`, /may not/],
    ['fs/document/maps.ts', `import { x } from '../tree.ts'`, /may not/],
    ['fs/document/maps.ts', `import { x } from 'node:fs'`, /imports node:fs/],
    ['fs/fuse/codec/abi.ts', `import k from 'koffi'`, /imports koffi/],
    ['fs/winfsp/codec/x.ts', `import { x } from 'node:fs'`, /imports node:fs/],
    ['provider/errno.ts', `const x = process.platform`, /uses process/],
    ['provider/space/x.ts', `console.log(1)`, /uses console/],
    ['provider/space/x.ts', `import '../linux/maps.ts'`, /may not/],
    ['provider/nt/x.ts', `import '../space/space.ts'`, /may not/],
    ['provider/contract.ts', `import './space/space.ts'`, /may not/],
    ['provider/linux/x.ts', `import '../windows/x.ts'`, /may not/],
    ['provider/linux/x.ts', `import '../index.ts'`, /may not/],
    ['provider/linux/x.ts', `import '../../fs/tree.ts'`, /may not/],
    ['provider/linux/x.ts', `import '../../install/x.ts'`, /may not/],
    ['provider/index.ts', `import './linux/index.ts'`, /on demand/],
    ['fs/index.ts', `export { x } from './fuse/host.ts'`, /on demand/],
    ['install/x.ts', `import '../provider/errno.ts'`, /may not/],
    ['lib/x.ts', ``, /lies on no floor/],
  ]
  for (const [path, text, expected] of table) {
    const wrong = wrongArrows([[path, text]])
    t.equal(wrong.length, 1, `${path}: ${text}`)
    t.match(wrong[0], expected)
  }
  t.end()
})

t.test('a cycle is found, also one of types', t => {
  const cycle = [
    ['fs/a.ts', `import './b.ts'`],
    ['fs/b.ts', `import type { C } from './c.ts'`],
    ['fs/c.ts', `const a = await import('./a.ts')`],
    ['fs/d.ts', `import './a.ts'`],
  ] as const
  t.same(wrongArrows(cycle), [
    'cycle: fs/a.ts -> fs/b.ts -> fs/c.ts -> fs/a.ts',
  ])
  t.same(wrongArrows(cycle.slice(1)), [])
  t.same(wrongArrows([['fs/a.ts', `import './a.ts'`]]), [
    'cycle: fs/a.ts -> fs/a.ts',
  ])
  t.end()
})
