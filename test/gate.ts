import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import t from 'tap'
import { demandedOf, hasCode, isMeasured } from './gate/coverage.ts'
import { figure, figuresOf } from './gate/figures.ts'
import { runSuite } from './gate/suite.ts'
import { chosen, isFuzzing, isLive, limitOf, suitesOf } from './gate/suites.ts'
import { closing, sum, tally, unexcused } from './gate/tally.ts'

const root = resolve(import.meta.dirname, '../..')
const fixture = (name: string): string => `dist/test/fixtures/suites/${name}.js`

t.test('suites are the tests, less what they use', t => {
  const files = [
    'test/run.ts',
    'test/layers.ts',
    'test/provider/errno.ts',
    'test/conformance/host.ts',
    'test/conformance/host/tree.ts',
    'test/conformance/provider.ts',
    'test/rig/needs.ts',
    'test/gate/tally.ts',
    'test/bench/run.ts',
    'test/fuzz/maps.ts',
    'test/wine/rig.ts',
    'test/fixtures/provider.ts',
    'test/fixtures/README.md',
    'test/live/linux.ts',
  ]
  t.same(suitesOf(files), [
    'test/layers.ts',
    'test/live/linux.ts',
    'test/provider/errno.ts',
  ])
  t.end()
})

t.test('an argument names a source, its test, or a folder of either', t => {
  const files = [
    'test/fs/lookup.ts',
    'test/fs/tree.ts',
    'test/fs/fuse/codec/abi.ts',
    'test/fixtures/suites/fails.ts',
    'test/rig/needs.ts',
  ]
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['fs/tree.ts', ['test/fs/tree.ts']],
    ['test/fs/tree.ts', ['test/fs/tree.ts']],
    ['./test/fs/tree.ts', ['test/fs/tree.ts']],
    ['dist/test/fs/tree.js', ['test/fs/tree.ts']],
    ['test\\fs\\tree.ts', ['test/fs/tree.ts']],
    ['fs/fuse', ['test/fs/fuse/codec/abi.ts']],
    ['test/fs/fuse/', ['test/fs/fuse/codec/abi.ts']],
    ['test', ['test/fs/fuse/codec/abi.ts', ...files.slice(0, 2)]],
    ['test/', ['test/fs/fuse/codec/abi.ts', ...files.slice(0, 2)]],
    ['test/fixtures', []],
    ['test/fixtures/suites/fails.ts', ['test/fixtures/suites/fails.ts']],
    ['fs/tre', []],
    ['nowhere', []],
  ]
  for (const [asked, expected] of table)
    t.same(chosen(files, [asked]), expected, asked)
  t.same(chosen(files, ['fs/tree.ts', 'fs/lookup.ts']), files.slice(0, 2))
  t.end()
})

t.test('live suites may take longer', t => {
  t.equal(isLive('test/live/maps.ts'), true)
  t.equal(isLive('test/conformance/fuse-native.ts'), true)
  t.equal(isLive('test/conformance/linux.ts'), false)
  t.equal(isLive('test/fs/fuse/host.ts'), false)
  t.ok(limitOf('test/live/maps.ts') > limitOf('test/fs/tree.ts'))
  t.ok(isFuzzing('test/fuzz.ts') && !isFuzzing('test/fuzz/run.ts'))
  t.ok(limitOf('test/fuzz.ts') > limitOf('test/fs/tree.ts'))
  t.end()
})

t.test('pure sources with code are demanded, loaded or not', t => {
  const types = `/** Only types. */\nexport {};\n//# sourceMappingURL=x.js.map`
  const sources = [
    'fs/tree.ts',
    'fs/host.ts',
    'fs/document/maps.ts',
    'fs/document/document.ts',
    'fs/fuse/codec.ts',
    'fs/fuse/codec-read.ts',
    'fs/fuse/codec/abi.ts',
    'fs/fuse/abi.ts',
    'fs/fuse/host.ts',
    'fs/winfsp/codec/request.ts',
    'fs/winfsp/host.ts',
    'fs/winfsp/status.ts',
    'provider/contract.ts',
    'provider/errno.ts',
    'provider/index.ts',
    'provider/space/deep/spans.ts',
    'provider/linux/parse.ts',
  ]
  const compiled = (source: string): string =>
    source === 'fs/document/document.ts' ? types : 'export const x = 1;\n'
  t.same(demandedOf(sources, compiled), [
    'fs/tree.ts',
    'fs/document/maps.ts',
    'fs/fuse/codec.ts',
    'fs/fuse/codec-read.ts',
    'fs/fuse/codec/abi.ts',
    'fs/fuse/abi.ts',
    'fs/winfsp/codec/request.ts',
    'fs/winfsp/status.ts',
    'provider/contract.ts',
    'provider/errno.ts',
    'provider/space/deep/spans.ts',
  ])
  t.equal(hasCode(types), false)
  t.equal(hasCode('// one\nexport * from "./x.js";\n'), true)
  t.end()
})

t.test('coverage is collected where a pure source is tested', t => {
  t.equal(isMeasured('test/fs/document/maps.ts'), true)
  t.equal(isMeasured('test/fs/filesystem.ts'), true)
  t.equal(isMeasured('test/fs/fuse/host.ts'), false)
  t.equal(isMeasured('test/live/maps.ts'), false)
  t.equal(isMeasured('test/src/cli.ts'), false)
  t.end()
})

const tapOf = (...lines: string[]): string =>
  ['TAP version 14', ...lines, ''].join('\n')

t.test('a test is what asserts by itself', t => {
  const output = tapOf(
    'ok 1 - of the file',
    '# Subtest: group',
    '    # Subtest: leaf',
    '        ok 1 - a',
    '        ok 2 - b',
    '        1..2',
    '    ok 1 - leaf',
    '    1..1',
    'ok 2 - group',
    '1..2',
  )
  t.same(tally('x.ts', output), { passed: 2, failed: [], skipped: [] })
  t.end()
})

t.test('a failed assertion is told once, with its names and diff', t => {
  const output = tapOf(
    '# Subtest: group',
    '    # Subtest: leaf',
    '        not ok 1 - a',
    '          ---',
    '          at: {"lineNumber": 5}',
    '          diff: |',
    '            -1',
    '            +2',
    '          source: x',
    '          ...',
    '        1..1',
    '    not ok 1 - leaf',
    '    1..1',
    'not ok 1 - group',
    '1..1',
  )
  t.same(tally('x.ts', output), {
    passed: 0,
    failed: [
      {
        name: 'x.ts > group > leaf',
        detail: 'a\nat: {"lineNumber":5}\ndiff:\n-1\n+2',
      },
    ],
    skipped: [],
  })
  t.end()
})

t.test('a test whose parts all passed can still fail as a whole', t => {
  const output = tapOf(
    '# Subtest: slow',
    '    ok 1 - a',
    '    1..1',
    'not ok 1 - slow',
    '  ---',
    '  expired: slow',
    '  ...',
    '1..1',
  )
  t.match(tally('x.ts', output), {
    failed: [{ name: 'x.ts > slow', detail: 'expired: slow' }],
  })
  t.end()
})

t.test('a missed plan fails', t => {
  const { failed } = tally('x.ts', tapOf('1..3', 'ok 1 - a'))
  t.equal(failed.length, 1)
  t.equal(failed[0]?.name, 'x.ts')
  t.match(failed[0]?.detail, /incorrect number of tests/)
  t.end()
})

t.test('nothing asserted is failed', t => {
  for (const output of ['', tapOf('1..0'), tapOf('1..0 # no tests found')])
    t.same(tally('x.ts', output), {
      passed: 0,
      failed: [{ name: 'x.ts', detail: 'nothing was asserted' }],
      skipped: [],
    })
  t.end()
})

t.test('what is skipped is told with its reason', t => {
  const whole = tally('x.ts', tapOf('1..0 # SKIP needs Windows'))
  t.same(whole.skipped, [{ name: 'x.ts', detail: 'needs Windows' }])
  const parts = tally(
    'x.ts',
    tapOf(
      'ok 1 - mounts # SKIP needs fuse',
      'ok 2 - other # SKIP',
      'not ok 3 - later # TODO some day',
      'ok 4 - here',
      'ok 5 - a drive # SKIP needs Wine',
      '1..5',
    ),
  )
  t.same(parts, {
    passed: 1,
    failed: [],
    skipped: [
      { name: 'x.ts > mounts', detail: 'needs fuse' },
      { name: 'x.ts > other', detail: 'no reason given' },
      { name: 'x.ts > later', detail: 'to do: some day' },
      { name: 'x.ts > a drive', detail: 'needs Wine' },
    ],
  })
  t.same(
    unexcused(sum([whole, parts])).map(({ name }) => name),
    ['x.ts > mounts', 'x.ts > other', 'x.ts > later', 'x.ts > a drive'],
  )
  t.end()
})

t.test('a suite that ran elsewhere counts by its own TAP', async t => {
  const { output, errors } = await runSuite(fixture('fed'), 60, process.env)
  const { passed, failed, skipped } = tally('x.ts', output)
  t.equal(errors, '')
  t.equal(passed, 5)
  t.same(skipped, [{ name: 'x.ts > skips > it > a', detail: 'needs Windows' }])
  t.same(
    failed.map(({ name, detail }) => [
      name,
      detail.replace(/\n(?:at|stdout): ?[^]*/, ''),
    ]),
    [
      ['x.ts > fails > it > b', 'of b\nfound: 3'],
      ['x.ts > crashes > it', 'no plan'],
      ['x.ts > crashes', 'it ended with exit code 5\nstderr: last words'],
      [
        'x.ts > crashes after all',
        'it ended with exit code 3\nstderr: last words',
      ],
      ['x.ts > is killed > it', 'no plan'],
      ['x.ts > is killed', 'it was killed\nstderr: last words'],
      ...['says', 'asserts'].map(verb => [
        `x.ts > ${verb} nothing`,
        'nothing was asserted, exit code 0',
      ]),
    ],
  )
})

t.test('what a suite measured is told', t => {
  const output = tapOf(
    '# Subtest: it',
    `    # ${figure('3 of 4')}`,
    '    ok 1 - a',
    '    # so: 5',
    '    1..1',
    'ok 1 - it',
    `# ${figure('6')}`,
    '1..1',
  )
  t.same(figuresOf(output), ['3 of 4', '6'])
  t.end()
})

t.test('the closing line counts', t => {
  const point = { name: '', detail: '' }
  const good = { passed: 2, failed: [], skipped: [] }
  const bad = { passed: 1, failed: [point], skipped: [point, point] }
  t.equal(closing(good), '2 passed, 0 failed')
  t.equal(closing(sum([good, bad])), '3 passed, 1 failed, 2 skipped')
  t.equal(closing(sum([])), '0 passed, 0 failed')
  t.end()
})

t.test('a suite ends at its limit, and what it left ends with it', async t => {
  const hangs = await runSuite(fixture('hangs'), 1, process.env)
  t.equal(hangs.trouble, 'did not end within 1 s')
  t.ok(hangs.seconds < 10)
  const leaves = await runSuite(fixture('leaves'), 60, process.env)
  t.match(leaves.trouble, /left a process behind/)
})

/** The entry itself over one fixture, as `npm test -- …` runs it. */
const runOf = (name: string, ci?: string) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['dist/test/run.js', ...name.split(' ')],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CI: ci },
    },
  )
  return { status, lines: stdout.trimEnd().split('\n'), stdout }
}

t.test('the run ends with its one line and the exit code', t => {
  const suites = 'test/fixtures/suites'
  const table: readonly (readonly [
    string,
    string | undefined,
    number,
    string,
  ])[] = [
    [`${suites}/passes.ts`, undefined, 0, '3 passed, 0 failed'],
    [`${suites}/fails.ts`, undefined, 1, '1 passed, 2 failed'],
    [`${suites}/skips.ts`, undefined, 0, '1 passed, 0 failed, 3 skipped'],
    [`${suites}/skips.ts`, '1', 1, '1 passed, 0 failed, 3 skipped'],
    [
      `${suites}/passes.ts ${suites}/elsewhere.ts`,
      '1',
      0,
      '3 passed, 0 failed, 1 skipped',
    ],
    [`${suites}/asserts-nothing.ts`, undefined, 1, '0 passed, 1 failed'],
    [`${suites}/crashes.ts`, undefined, 1, '1 passed, 1 failed'],
    [`no/such/path`, undefined, 1, '0 passed, 0 failed'],
  ]
  for (const [names, ci, code, line] of table) {
    const { status, lines } = runOf(names, ci)
    t.equal(lines.at(-1), line, names)
    t.equal(status, code, names)
    t.equal(lines.filter(each => /^\d+ passed, /.test(each)).length, 1)
  }
  t.end()
})

t.test('the run tells what failed, and why', t => {
  const { stdout } = runOf('test/fixtures/suites/fails.ts')
  t.match(stdout, 'failed: test/fixtures/suites/fails.ts > two lists')
  t.match(stdout, 'are the same')
  t.match(stdout, 'thrown on purpose')
  t.match(stdout, 'test/fixtures/suites/fails.ts')
  t.match(stdout, 'last words')
  const skips = runOf('test/fixtures/suites/skips.ts')
  t.match(
    skips.stdout,
    'skipped: test/fixtures/suites/skips.ts > mounts: needs /dev/fuse',
  )
  t.match(runOf('no/such/path').stdout, 'no test ran')
  t.end()
})
