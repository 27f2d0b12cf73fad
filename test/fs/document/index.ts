import t from 'tap'
import {
  discerning,
  systemDocuments,
  taskDocuments,
} from '../../../fs/document/index.ts'
import { daemon } from '../../fixtures/daemon.ts'
import { system } from '../../fixtures/provider.ts'
import { processOf } from '../../rig/document.ts'

t.test('every document is known by the name of its file', t => {
  t.same(Object.keys(taskDocuments), [
    'auxv',
    'cmdline',
    'comm',
    'crash',
    'environ',
    'fdinfo',
    'maps',
    'mounts',
    'smaps',
    'stat',
    'statm',
    'status',
  ])
  t.same(Object.keys(systemDocuments), [
    'filesystems',
    'kernelStat',
    'uptime',
    'version',
  ])
  t.end()
})

t.test('no fact is asked for before the first line is', t => {
  const view = { dialect: 'linux', paths: 'mixed' } as const
  const asked = (): never => t.fail('asked') as never
  const process = processOf({
    regions: asked,
    spans: asked,
    comm: asked,
    cmdline: asked,
    environ: asked,
    auxv: asked,
    files: asked,
    stat: asked,
    statm: asked,
    status: asked,
    mounts: asked,
    crash: asked,
  })
  for (const document of Object.values(taskDocuments))
    document(process, view, { trusted: true })
  const machine = system({
    stat: asked,
    uptime: asked,
    version: asked,
    filesystems: asked,
  })
  for (const document of Object.values(systemDocuments)) document(machine, view)
  t.pass('none was asked for')
  t.end()
})

const crash = { tid: 1, code: 1, name: '', address: 0n, notes: [] }

t.test('what a fact throws, a document throws', t => {
  const files = new Map()
  const facts = { ...daemon, pid: 1, crash, auxv: '', files }
  const living = system({ processes: [facts] })
  const process = living.process(1)
  const texts = Object.values(taskDocuments).map(document =>
    document(process, { dialect: 'linux', paths: 'mixed' }, { trusted: true }),
  )
  living.end(1)
  for (const text of texts) t.throws(() => [...text], { code: 'ESRCH' })
  t.end()
})

t.test('who reads is asked for by those alone that say so', t => {
  const process = system({
    processes: [{ ...daemon, pid: 1, crash }],
  }).process(1)
  const view = { dialect: 'linux', paths: 'mixed' } as const
  const asking = Object.entries(taskDocuments).filter(([, document]) => {
    let asked = false
    const reader = {
      get trusted() {
        asked = true
        return true
      },
    }
    t.not([...document(process, view, reader)].length, 0)
    return asked
  })
  t.same(
    asking.map(([name]) => name),
    [...discerning],
  )
  t.end()
})
