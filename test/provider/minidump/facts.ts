import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { openDump } from '../../../provider/minidump/directory.ts'
import { Facts } from '../../../provider/minidump/facts.ts'
import { handlesOf } from '../../../provider/minidump/handles.ts'
import { handlesIn } from '../../rig/handles.ts'
import { unloadedOf } from '../../../provider/minidump/unloaded.ts'
import { spellSid } from '../../../provider/nt/sid.ts'
import { streams } from '../../../provider/nt/minidump.ts'
import { sourceOf } from '../../fixtures/dump.ts'
import { refusal } from '../../rig/told.ts'
import { expectedOf, ofRealDumps, realDumps } from '../../rig/dumps.ts'

/** What of the file's name, thread, code, address, what it tried to touch. */
type Crashed = readonly [RegExp, number, string, string, string?]

/** As obj2yaml of LLVM 14 reads them. */
const crashes: readonly Crashed[] = [
  [/14393-x64/, 0x17b4, 'c0000005', '7ff7215f8da4', 'write 0'],
  [/14393-x86/, 0x664, 'c0000005', '2a2a3d', 'write 45'],
  [/16299/, 0x2a6c, 'c0000005', '7ff7a13110d9', 'write 0'],
  [/17134/, 0x1708, 'c000000d', '0'],
  [/noncan/, 0x1188, 'c0000005', '7ff738721331', 'read ffffffffffffffff'],
  [/fastfail/, 0x5f78, 'c0000409', '7ff75355af42'],
  [/22621/, 0x32c4, 'c0000005', '7ffe2c7f0476', 'write 20'],
  [/22631-x64/, 0x3124, 'c0000005', '7ff6127dc480', 'write 0'],
  [/exhaustion/, 0x1670, 'c00000fd', 'dea637'],
  [/token/, 0x65c, '80000003', '7776ae10'],
  [/threadinfo/, 0x2320, 'c0000005', '164d14', 'read 0'],
  [/winxp/, 0x124c, 'c0000005', '20a1515', 'read ffffffffdddddde1'],
]

/**
 * Where the other reader has another one, it read the 64-bit PEB of a WoW64
 * process, whose directory is that of the 64-bit loader.
 */
const directories: readonly (readonly [RegExp, string])[] = [
  [
    /fullmem/,
    'D:\\src\\llvm\\llvm\\tools\\lldb\\packages\\Python\\lldbsuite\\test\\functionalities\\postmortem\\wow64_minidump\\',
  ],
]

t.test('facts of real dumps are as others read them', ofRealDumps, t => {
  for (const file of realDumps) {
    const expected = expectedOf(file)
    t.test(basename(file), t => {
      const dump = openDump(sourceOf(readFileSync(file)))
      const facts = new Facts(dump)
      const { identity } = facts

      const known = new Set(Object.keys(streams))
      t.same(
        [...dump.places.keys()].toSorted(),
        expected.streams.filter(name => known.has(name)).toSorted(),
        'streams',
      )
      t.equal(
        `${identity.major}.${identity.minor}.${identity.build}`,
        expected.os,
      )
      t.equal(identity.servicePack, expected.csd)
      const { user, kernel } = facts.misc()
      t.same(
        [user ?? 0, kernel ?? 0],
        [expected.misc.utime, expected.misc.ktime],
      )

      t.equal(facts.threadNames().size, expected.threadNames)
      t.equal(unloadedOf(dump).length, expected.unloadedModules)
      for (const { tid, info } of expected.threads) {
        const found = facts.threadInfos().get(tid)
        if (!info) {
          t.equal(found, undefined)
          continue
        }
        t.equal(found?.user, info.userTime)
        t.equal(found?.kernel, info.kernelTime)
        // a FILETIME is more than a number of JSON holds
        t.equal(Number(found?.created), info.createTime)
      }

      const handles = dump.places.has('HandleData')
        ? handlesIn(handlesOf(dump))
        : []
      t.equal(facts.handleCount(), expected.handles?.count)
      const types: Record<string, number> = {}
      for (const { type } of handles) types[type] = (types[type] ?? 0) + 1
      t.same(types, expected.handles?.types ?? {})
      t.same(
        handles.slice(0, expected.handles?.first.length ?? 0),
        (expected.handles?.first ?? []).map(
          ({ handle, type, name, access }) => ({
            handle: Number(handle),
            type,
            name,
            access: Number(access),
          }),
        ),
      )

      const told = (fact: 'commandLine' | 'currentDirectory') =>
        refusal(() => facts.started(fact)) ?? facts.started(fact)
      t.equal(told('commandLine'), expected.peb?.cmdline ?? 'EIO')
      t.equal(
        told('currentDirectory'),
        directories.find(([name]) => name.test(file))?.[1] ??
          expected.peb?.curdir ??
          'EIO',
      )

      const crashed = crashes.find(([name]) => name.test(file))
      t.equal(facts.hasCrash, crashed !== undefined)
      if (crashed) {
        const { tid, code, address, tried } = facts.crash()
        const [, ...wanted] = crashed
        t.same(
          [
            tid,
            code.toString(16),
            address.toString(16),
            ...(tried ? [`${tried.how} ${tried.address.toString(16)}`] : []),
          ],
          wanted,
          'exception',
        )
      }
      t.end()
    })
  }
  t.end()
})

const real = (name: RegExp): Facts => {
  const file = realDumps.find(file => name.test(file)) ?? ''
  return new Facts(openDump(sourceOf(readFileSync(file))))
}

t.test('what single dumps tell', ofRealDumps, t => {
  const token = real(/calc-token/).token()
  // read with a hex dump: no other reader knows the form
  t.equal(token?.session, 1)
  t.equal(
    token?.user && spellSid(token.user),
    'S-1-5-21-537027915-1003861377-1410757817-1000',
  )
  t.equal(
    token?.group && spellSid(token.group),
    'S-1-5-21-537027915-1003861377-1410757817-513',
  )
  t.same(real(/16299/).counters(), {
    faults: 0x1e0,
    resident: 0x1b_b000,
    peakResident: 0x1b_b000,
  })
  const crashpad = real(/22631-x64/)
  t.match(crashpad.misc(), {
    zone: { bias: -120, name: 'W. Europe Summer Time' },
    build: 'Windows NT 10.0.22631.4751',
    writer: 'crashpad.amd64,0.8.0,win',
  })
  t.match(new Map(crashpad.crash().notes).get('Annotation_prod'), 'Electron')
  t.match(
    [...crashpad.threadNames().values()].filter(Boolean).join(),
    /CrRendererMain/,
  )
  t.match(
    new Map(real(/17134/).crash().notes).get('Assertion'),
    /^invalid parameter /,
  )
  t.end()
})
