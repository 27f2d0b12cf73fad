import t from 'tap'
import { Errno } from '../../provider/errno.ts'
import { named, textOfError } from '../../src/message.ts'

t.test('an error is told in the words of coreutils', t => {
  t.equal(textOfError(new Errno('ENOENT')), 'No such file or directory')
  t.equal(textOfError(new Errno('EBUSY', 'in use: stop it')), 'in use: stop it')
  const foreign = Object.assign(new Error('EPIPE: x'), { code: 'EPIPE' })
  t.equal(textOfError(foreign), 'Broken pipe')
  const full = Object.assign(new Error('x'), { code: 'ENOSPC', errno: -28 })
  t.equal(textOfError(full), 'no space left on device')
  t.end()
})

t.test('a message stays one line', t => {
  t.equal(textOfError(new Errno('ELOOP', 'a\nb\x1b[2J')), 'a\\x0ab\\x1b[2J')
  t.end()
})

t.test('a message names its thing once', t => {
  t.equal(named('mnt', 'gone'), 'mnt: gone')
  t.equal(named('P:', 'gone'), 'P: gone', 'a drive has its colon')
  t.equal(named('mnt', 'mnt: gone'), 'mnt: gone')
  t.equal(named('a\nb', 'gone'), 'a\\x0ab: gone')
  t.end()
})

t.test('what nobody foresaw is told with its stack', t => {
  t.match(textOfError(new TypeError('x')), /^TypeError: x\n +at /)
  t.equal(textOfError('thrown'), 'thrown')
  t.equal(textOfError(undefined), 'undefined')
  t.end()
})
