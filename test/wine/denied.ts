/** Processes that test/live/windows/bad.ts started, which let few in. */
import t from 'tap'
import { open } from '../../provider/windows/index.ts'
import { refusal } from '../rig/told.ts'
import { given } from '../rig/wine/inner.ts'

const us = { uid: 0, gid: 0, tid: 0 }
const rights = ['none', 'limited', 'read', 'dup'] as const

const table = [
  { who: 'CLOSED', allowed: ['none'], exe: 'EACCES' },
  { who: 'LIMITED', allowed: ['none', 'limited'], exe: undefined },
] as const

for (const { who, allowed, exe } of table)
  t.test(`of one that is ${who}, what is allowed`, t => {
    const process = open({ spans: true }).process(Number(given(who)))
    t.equal(process.comm?.(), 'denying.exe')
    t.equal(process.stat?.().num_threads, process.tids().length)
    t.equal(
      refusal(() => t.match(process.exe?.(), /\\denying\.exe$/)),
      exe,
    )
    for (const ask of [
      () => process.regions(),
      () => process.read(0x7ffe_0000, 4),
      () => process.environ?.(),
      () => process.cwd?.(),
    ])
      t.throws(ask, {
        code: 'EACCES',
        message: `process ${process.pid} (denying.exe): Permission denied`,
      })
    t.same(
      rights.filter(right => process.may(us, right)),
      allowed,
    )
    process.close()
    t.end()
  })
