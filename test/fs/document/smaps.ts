import { readFileSync } from 'node:fs'
import t from 'tap'
import { taskDocuments } from '../../../fs/document/index.ts'
import type { Region, Task } from '../../../provider/contract.ts'
import { access, region } from '../../fixtures/regions.ts'
import { print, processOf } from '../../rig/document.ts'
import { noLinux } from '../../rig/need.ts'

const regions: readonly Region[] = [
  region(0x40_0000, 0x40_3000, {
    type: 'image',
    access: access('rx'),
    name: 'C:\\a\\b.exe',
  }),
  region(0x50_0000, 0x50_2000),
  region(0x60_0000, 0x60_2000, { access: access('r') }),
  region(0x70_0000, 0x70_2000, { type: 'mapped' }),
  region(0x80_0000, 0x80_2000, { state: 'reserve', access: 0 }),
]

const there = new Map([
  [0x40_0000, 0x1000],
  [0x50_0000, 0x1fff],
  [0x60_0000, 0x1800],
  [0x70_0000, 0x10_0000],
])

const task: Task = Object.assign(processOf({ regions }), {
  resident: (start: number) => there.get(start) ?? 0,
})

const texts = (of: Task): string[] =>
  [
    ...taskDocuments.smaps(
      of,
      { dialect: 'linux', paths: 'mixed' },
      { trusted: true },
    ),
  ]
    .join('')
    .split(/(?<=^VmFlags: .*\n)/m)

/** The numbers that are not 0, without those that are the same for all. */
const told = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^([A-Z]\w+): +(.*)$/gm)]
      .map(([, key = '', value = '']) => [key, value] as const)
      .filter(([, value]) => !/^0\b|^$/.test(value))
      .filter(([key]) => !key.endsWith('PageSize')),
  )

t.test('each region is its line of maps and its numbers', t => {
  const all = texts(task)
  t.equal(
    all.map(text => text.split('\n', 1)[0] + '\n').join(''),
    print('maps', { regions }),
  )
  t.same(all.map(told), [
    {
      Size: '12 kB',
      Rss: '4 kB',
      Pss: '4 kB',
      Shared_Clean: '4 kB',
      Referenced: '4 kB',
      VmFlags: 'rd ex mr mw me ',
    },
    {
      Size: '8 kB',
      Rss: '7 kB',
      Pss: '7 kB',
      Pss_Dirty: '7 kB',
      Private_Dirty: '7 kB',
      Referenced: '7 kB',
      Anonymous: '7 kB',
      VmFlags: 'rd wr mr mw me ',
    },
    {
      Size: '8 kB',
      Rss: '6 kB',
      Pss: '6 kB',
      Private_Clean: '6 kB',
      Referenced: '6 kB',
      Anonymous: '6 kB',
      VmFlags: 'rd mr mw me ',
    },
    {
      Size: '8 kB',
      Rss: '8 kB',
      Pss: '8 kB',
      Pss_Dirty: '8 kB',
      Shared_Dirty: '8 kB',
      Referenced: '8 kB',
      VmFlags: 'rd wr sh mr mw me ',
    },
    { Size: '8 kB', VmFlags: 'mr mw me ' },
  ])
  t.end()
})

t.test('nothing is resident where that is not known', t => {
  for (const text of texts(processOf({ regions })))
    t.match(text, /^Rss: {19}0 kB\n/m)
  t.end()
})

t.test('keys and columns are the kernel’s', { skip: noLinux }, t => {
  const keysOf = (text: string): string[] =>
    text
      .split('\n')
      .slice(1)
      .flatMap(line => /^\w+:( +\d+( kB)?$)?/.exec(line)?.[0] ?? [])
      .map(line => line.replace(/\d/g, ' ').replace(/VmFlags.*/, 'VmFlags'))
  const [kernel = ''] = readFileSync('/proc/self/smaps', 'utf8').split(
    /(?<=^VmFlags: .*\n)/m,
  )
  const known = keysOf(kernel)
  const ours = keysOf(texts(task)[0] ?? '')
  // newer kernels tell more than older ones
  t.same(
    ours.filter(line => known.includes(line)),
    known.filter(line => !line.startsWith('ProtectionKey')),
  )
  t.ok(known.length > 15)
  t.end()
})
