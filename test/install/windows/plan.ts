import t from 'tap'
import {
  planInstall,
  planUninstall,
  type InstallOptions,
  type Left,
  type Present,
} from '../../../install/windows/plan.ts'
import { Refusal } from '../../../install/windows/refusal.ts'

const guarded: Present = {
  winfsp: true,
  ours: false,
  program: {
    node: 'C:\\Program Files\\nodejs\\node.exe',
    cli: 'c:\\program files\\winprocfs\\dist\\src\\cli.js',
  },
  user: 'S-1-5-21-1-2-3-1001',
  guarded: ['C:\\Program Files', 'C:\\Program Files', ''],
}

/** As npm installs for one user. */
const open: Present = {
  ...guarded,
  program: {
    ...guarded.program,
    cli: 'C:\\Users\\J\\AppData\\npm\\100%\\cli.js',
  },
}

const service = {
  kind: 'replace',
  key: 'SOFTWARE\\WinFsp\\Services\\winprocfs',
  values: {
    Executable: 'C:\\Program Files\\nodejs\\node.exe',
    CommandLine:
      '"c:\\program files\\winprocfs\\dist\\src\\cli.js" mount --unc %1 %2',
    Security: 'D:P(A;;RPWPLC;;;WD)',
    RunAs: '.',
    JobControl: 1,
  },
  told: 'have "net use P: \\\\winprocfs\\proc" start c:\\program files\\winprocfs\\dist\\src\\cli.js, for everyone',
} as const

t.test('with WinFsp there, the service is all', t => {
  t.strictSame(planInstall(guarded, {}), [service])
  t.end()
})

t.test('only who installs may start what others could replace', t => {
  t.strictSame(planInstall(open, {}), [
    {
      ...service,
      values: {
        ...service.values,
        CommandLine:
          '"C:\\Users\\J\\AppData\\npm\\100%%\\cli.js" mount --unc %1 %2',
        Security: 'D:P(A;;RPWPLC;;;S-1-5-21-1-2-3-1001)',
      },
      told: 'have "net use P: \\\\winprocfs\\proc" start C:\\Users\\J\\AppData\\npm\\100%\\cli.js, for this user',
    },
  ])
  const paths = [
    'C:\\Program Files\\..\\x\\cli.js',
    'C:\\Program Files2\\cli.js',
    'D:\\Program Files\\cli.js',
    'C:\\Program Files',
  ]
  for (const cli of paths) {
    const program = { ...guarded.program, cli }
    t.match(
      planInstall({ ...guarded, program }, {}),
      [{ values: { Security: /;S-1-5-21-1-2-3-1001\)$/ } }],
      cli,
    )
  }
  t.match(
    planInstall({ ...guarded, guarded: ['C:\\Program Files\\'] }, {}),
    [{ values: { Security: /;WD\)$/ } }],
    'a folder that ends with a backslash',
  )
  t.end()
})

t.test('WinFsp is got where it is missing, or an installer is named', t => {
  const kinds = (present: Partial<Present>, options: InstallOptions = {}) =>
    planInstall({ ...guarded, ...present }, options).map(step =>
      step.kind === 'run' ? [step.tool, ...step.args].join(' ') : step.kind,
    )
  const winget =
    'winget install --id=WinFsp.WinFsp --exact --source=winget --silent --accept-package-agreements --accept-source-agreements --disable-interactivity'
  const msiexec = 'msiexec /i C:\\a b.msi /qn /norestart'
  const msi = 'C:\\a b.msi'
  t.same(kinds({ winfsp: false }), [winget, 'product', 'replace'])
  t.same(kinds({ winfsp: false }, { msi }), [msiexec, 'product', 'replace'])
  t.same(kinds({ winfsp: true }, { msi }), [msiexec, 'replace'])
  const again = kinds({ winfsp: true, ours: true }, { msi })
  t.same(again, [msiexec, 'product', 'replace'])
  t.match(planInstall({ ...guarded, winfsp: false }, { msi }), [
    { good: [0, 3010, 1641], told: 'install WinFsp from C:\\a b.msi' },
  ])
  t.end()
})

t.test('at boot LocalSystem mounts, from where nobody else may write', t => {
  const [, record, task] = planInstall(guarded, { boot: 'Q:' })
  t.strictSame(record, {
    kind: 'add',
    key: 'SOFTWARE\\winprocfs',
    values: { Task: 'winprocfs' },
    told: 'mount Q: when the machine starts, by a scheduled task',
  })
  t.match(task, { kind: 'task' })
  const xml = task?.kind === 'task' ? task.xml : ''
  const parts = [
    '<BootTrigger>',
    '<UserId>S-1-5-18</UserId>',
    '<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '<Command>C:\\Program Files\\nodejs\\node.exe</Command>',
    '<Arguments>&quot;c:\\program files\\winprocfs\\dist\\src\\cli.js&quot; mount Q:</Arguments>',
  ]
  for (const part of parts) t.ok(xml.includes(part), part)
  t.notMatch(xml, /[^\r]\n/)
  t.throws(
    () => planInstall(open, { boot: 'P:' }),
    new Refusal(
      '--boot runs as LocalSystem, and others than administrators may write to C:\\Users\\J\\AppData\\npm\\100%\\cli.js: install node and winprocfs below Program Files',
    ),
  )
  t.end()
})

t.test('names in the task are text, whatever they hold', t => {
  const cli = 'C:\\Program Files\\a & <b>\\cli.js'
  const program = { ...guarded.program, cli }
  const task = planInstall({ ...guarded, program }, { boot: 'P:' }).at(-1)
  t.match(
    task?.kind === 'task' && task.xml,
    /&quot;C:\\Program Files\\a &amp; &lt;b&gt;\\cli\.js&quot; mount P:/,
  )
  t.end()
})

t.test('a path that the Launcher would cut is refused', t => {
  const of = (node: number, cli: number) => () =>
    planInstall(
      {
        ...guarded,
        program: { node: 'n'.repeat(node), cli: 'c'.repeat(cli) },
      },
      {},
    )
  const frame = '"" mount --unc %1 %2'.length
  t.doesNotThrow(of(100, 508 - frame))
  t.throws(of(100, 508 - frame + 1), /too long a path for WinFsp's Launcher/)
  t.throws(of(1000, 100), /too long a path/)
  t.end()
})

t.test('what install put there is taken away, and nothing else', t => {
  const product = '{AAAAAAAA-1111-2222-3333-0123456789AB}'
  const nothing: Left = { service: false, product: undefined, task: undefined }
  const kinds = (left: Partial<Left>, keep = false) =>
    planUninstall({ ...nothing, ...left }, keep).map(step => {
      if (step.kind === 'run') return [step.tool, ...step.args].join(' ')
      return step.kind === 'remove' ? step.key : step.kind
    })
  const service = 'SOFTWARE\\WinFsp\\Services\\winprocfs'
  const record = 'SOFTWARE\\winprocfs'
  const msiexec = `msiexec /x ${product} /qn /norestart`
  t.same(kinds({}), [])
  t.same(kinds({ service: true }), [service])
  t.same(kinds({ service: true, product }), [service, msiexec, record])
  t.same(kinds({ service: true, product }, true), [service, record])
  t.same(kinds({ task: 'winprocfs' }), ['untask', record])
  const all = kinds({ service: true, product, task: 'x' })
  t.same(all, ['untask', service, msiexec, record])
  t.same(kinds({ product: 'C:\\evil.msi' }), [record], 'no product code')
  t.end()
})
