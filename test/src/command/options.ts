import t from 'tap'
import { sourceOf } from '../../../src/command/options.ts'

const view = { dialect: 'linux', paths: 'mixed' } as const

/** What `sourceOf` does on such a machine. */
const on = async (platform: string, provider?: string, labels?: boolean) => {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')
  Object.defineProperty(process, 'platform', { ...own, value: platform })
  try {
    return await sourceOf({
      ...view,
      ...(provider && { provider }),
      ...(labels !== undefined && { labels }),
    })
  } finally {
    Object.defineProperty(process, 'platform', own as PropertyDescriptor)
  }
}

t.test('by default a machine shows its own processes', async t => {
  t.same(await on('linux'), { provider: 'linux', options: { spans: false } })
  t.same(await on('win32'), { provider: 'windows', options: { spans: true } })
})

t.test('labels are found, but in what the kernel itself prints', async t => {
  const table = [
    ['linux', 'linux', undefined, false],
    ['linux', 'linux', true, true],
    ['linux', 'linux', false, false],
    ['linux', 'windows', undefined, true],
    ['win32', 'windows', false, false],
    ['linux', 'file:///tmp/a.dmp', undefined, true],
    ['linux', 'file:///tmp/a.dmp', false, false],
  ] as const
  for (const [platform, provider, labels, spans] of table)
    t.same(
      await on(platform, provider, labels),
      { provider, options: { spans } },
      `${provider} ${labels}`,
    )
})

t.test('a machine that has no provider says so, and what to do', async t => {
  await t.rejects(on('sunos'), {
    code: 'ENODEV',
    message: 'no provider for sunos yet: name one with --provider',
  })
  t.match(await on('sunos', 'linux'), { provider: 'linux' }, 'but may be told')
})

t.test('a dump is a source with labels, unless told otherwise', async t => {
  const dump = 'dump:file:///a/b.core'
  const source = (labels?: boolean) =>
    sourceOf({ ...view, dump, ...(labels === undefined ? {} : { labels }) })
  t.same(await source(), { provider: dump, options: { spans: true } })
  t.same(await source(true), { provider: dump, options: { spans: true } })
  t.same(await source(false), { provider: dump, options: { spans: false } })
})
