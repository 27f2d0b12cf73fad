import { readFileSync } from 'node:fs'
import t from 'tap'
import { statusKeys } from '../../../fs/document/status.ts'
import { print } from '../../rig/document.ts'
import { missing, noLinux } from '../../rig/need.ts'

t.test('keys come in the order of the kernel, in its layout', t => {
  const status = {
    x86_Thread_features: '',
    Threads: '1',
    HugetlbPages: '0',
    VmSwap: '0',
    RssAnon: '112',
    VmPeak: '123456789',
    Groups: ' ',
    Uid: '0\t0\t0\t0',
    State: 'R (running)',
    Name: 'cat',
  }
  t.equal(
    print('status', { status }),
    [
      'Name:\tcat',
      'State:\tR (running)',
      'Uid:\t0\t0\t0\t0',
      'Groups:\t ',
      'VmPeak:\t123456789 kB',
      'RssAnon:\t     112 kB',
      'VmSwap:\t       0 kB',
      'HugetlbPages:\t       0 kB',
      'Threads:\t1',
      'x86_Thread_features:\t',
      '',
    ].join('\n'),
  )
  t.end()
})

t.test('a key that is not the kernel’s comes last, in the order given', t => {
  const status = { Zebra: '1', VmNew: '5', Apple: '2', Name: 'cat', Pid: '7' }
  t.equal(
    print('status', { status }),
    'Name:\tcat\nPid:\t7\nZebra:\t1\nVmNew:\t       5 kB\nApple:\t2\n',
  )
  t.end()
})

t.test('a newline and a backslash in the name are escaped', t => {
  const status = { Name: 'a\nb\\c\nUid:\t0' }
  t.equal(print('status', { status }), 'Name:\ta\\nb\\\\c\\nUid:\t0\n')
  t.end()
})

t.test('what the source does not know has no line', t => {
  t.equal(print('status', { status: {} }), '')
  t.equal(print('status', {}), '')
  t.end()
})

t.test('the order is that of the kernel here', missing(noLinux), t => {
  // a newer kernel may have keys of its own
  const lines = readFileSync('/proc/self/status', 'utf8')
    .trimEnd()
    .split('\n')
    .filter(line => statusKeys.includes(line.slice(0, line.indexOf(':'))))
  t.ok(lines.length > 40)
  const facts = lines.map(line => {
    const [key, value] = line.split(':\t') as [string, string]
    return [key, value.replace(/^ *(\d+) kB$/, '$1')] as const
  })
  t.same(
    print('status', { status: Object.fromEntries(facts.toReversed()) }),
    `${lines.join('\n')}\n`,
  )
  t.end()
})
