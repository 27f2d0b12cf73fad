/**
 * The arrows of the design: who may import whom. Each floor uses only the
 * floors below it, `src -> fs, provider, install`; a platform's folder is known
 * to provider/index.ts alone, which imports it on demand.
 */
import { posix } from 'node:path'
import ts from 'typescript'

const contract = [
  'provider/contract.ts',
  'provider/errno.ts',
  'provider/text.ts',
] as const
const space = 'provider/space/'
const nt = 'provider/nt/'

/** The first row whose folder (or file) a source lies in tells its arrows. */
const arrows: readonly (readonly [string, readonly string[]])[] = [
  ['src/', ['src/', 'fs/', 'provider/', 'install/']],
  ['fs/document/', ['fs/document/', ...contract, space, `${nt}layout.ts`]],
  ['fs/', ['fs/', ...contract, space, `${nt}layout.ts`]],
  ['provider/index.ts', ['provider/']],
  ['provider/linux/', ['provider/linux/', ...contract, space, nt]],
  ['provider/windows/', ['provider/windows/', ...contract, space, nt]],
  ['provider/minidump/', ['provider/minidump/', ...contract, space, nt]],
  [space, [space, nt, ...contract]],
  [nt, [nt, ...contract]],
  ['provider/', contract],
  ['install/', ['install/']],
]

/** What is chosen by platform, and so may not be imported ahead of that. */
const platforms =
  /^provider\/(?:linux|minidump|windows)\/|^fs\/(?:fuse|fuse-native|winfsp)\/host\.ts$/

/** The doors of those folders, which choose. */
const doors = ['provider/index.ts', 'fs/index.ts']

/** Sources that do no I/O: no package, nothing of node's, no such global. */
const pure = [
  'fs/document/',
  'fs/fuse/codec/',
  'fs/winfsp/codec/',
  'fs/winfsp/status.ts',
  space,
  nt,
  ...contract,
]

const impureGlobals = new Set([
  'console',
  'fetch',
  'performance',
  'process',
  'setInterval',
  'setTimeout',
])

interface Import {
  readonly to: string
  /** `type` imports are gone at run time; `dynamic` ones come when asked. */
  readonly kind: 'static' | 'dynamic' | 'type'
}

interface Source {
  readonly imports: readonly Import[]
  readonly globals: readonly string[]
}

const literal = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined

/** The text and kind of what a node imports, if it does. */
const importOf = (
  node: ts.Node,
): readonly [string | undefined, Import['kind']] => {
  if (ts.isImportDeclaration(node))
    return [
      literal(node.moduleSpecifier),
      node.importClause?.isTypeOnly === true ? 'type' : 'static',
    ]
  if (ts.isExportDeclaration(node))
    return [literal(node.moduleSpecifier), node.isTypeOnly ? 'type' : 'static']
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return [literal(node.argument.literal), 'type']
  if (
    ts.isCallExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ImportKeyword
  )
    return [literal(node.arguments[0]), 'dynamic']
  // the entry of a worker: new URL('./walker.ts', import.meta.url)
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL') {
    const to = literal(node.arguments?.[0])
    if (to?.startsWith('.') && /\.[jt]s$/.test(to)) return [to, 'dynamic']
  }
  return [undefined, 'static']
}

const isGlobal = (node: ts.Node): node is ts.Identifier =>
  ts.isIdentifier(node) &&
  impureGlobals.has(node.text) &&
  !(
    (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) ||
    (ts.isPropertyAssignment(node.parent) && node.parent.name === node) ||
    ts.isTypeElement(node.parent) ||
    ts.isClassElement(node.parent)
  )

/** Relative names become paths from the root; all others stay. */
const resolveFrom = (from: string, name: string): string =>
  name.startsWith('.')
    ? posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts')
    : name

const read = (path: string, text: string): Source => {
  const imports: Import[] = []
  const globals: string[] = []
  const declared = new Set<string>()
  const visit = (node: ts.Node): void => {
    const [name, kind] = importOf(node)
    if (name !== undefined) imports.push({ to: resolveFrom(path, name), kind })
    if (isGlobal(node)) globals.push(node.text)
    if (ts.isParameter(node) || ts.isVariableDeclaration(node))
      declared.add(node.name.getText())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true))
  return { imports, globals: globals.filter(name => !declared.has(name)) }
}

const lies = (path: string, places: readonly string[]): boolean =>
  places.some(place =>
    place.endsWith('/') ? path.startsWith(place) : path === place,
  )

const isOurs = (name: string): boolean =>
  /^(?:fs|install|provider|src|test)\/.*\.ts$/.test(name)

const wrongOf = (path: string, { imports, globals }: Source): string[] => {
  const wrong: string[] = []
  const row = arrows.find(([place]) => lies(path, [place]))
  if (row === undefined) return [`${path} lies on no floor`]
  for (const { to, kind } of imports) {
    if (!isOurs(to)) {
      if (lies(path, pure)) wrong.push(`${path} is pure, but imports ${to}`)
    } else if (!lies(to, row[1])) wrong.push(`${path} may not import ${to}`)
    else if (lies(path, doors) && kind === 'static' && platforms.test(to))
      wrong.push(`${path} must import ${to} on demand`)
  }
  if (lies(path, pure))
    for (const name of new Set(globals))
      wrong.push(`${path} is pure, but uses ${name}`)
  return wrong
}

/** Each cycle once, from the first of its files that is met. */
const cyclesOf = (sources: ReadonlyMap<string, Source>): string[] => {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at !== -1) cycles.push([...trail.slice(at), path].join(' -> '))
    if (at !== -1 || done.has(path)) return
    for (const { to } of sources.get(path)?.imports ?? [])
      visit(to, [...trail, path])
    done.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return cycles.map(cycle => `cycle: ${cycle}`)
}

/** What is wrong with a tree of sources, path to text; nothing is good. */
export const wrongArrows = (
  texts: Iterable<readonly [string, string]>,
): string[] => {
  const sources = new Map<string, Source>()
  for (const [path, text] of texts) sources.set(path, read(path, text))
  return [
    ...[...sources].flatMap(([path, source]) => wrongOf(path, source)),
    ...cyclesOf(sources),
  ]
}
