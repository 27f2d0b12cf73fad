import { constants } from 'node:os'
import t from 'tap'
import {
  codeOf,
  codeOfNumber,
  Errno,
  numberOf,
  textOf,
  type Code,
} from '../../provider/errno.ts'
import { missing, noLinux } from '../rig/need.ts'

t.test('a code has its number and the text that coreutils print', t => {
  t.equal(numberOf('ENOENT'), 2)
  t.equal(textOf('ENOENT'), 'No such file or directory')
  t.equal(numberOf('ETIMEDOUT'), 110)
  t.equal(textOf('EIO'), 'Input/output error')
  t.end()
})

t.test('numbers are the ones of this Linux', missing(noLinux), t => {
  const here: Readonly<Record<string, number>> = constants.errno
  let named = 0
  for (const [code, number] of Object.entries(here)) {
    // two names of one number: EAGAIN is EWOULDBLOCK, ENOTSUP is EOPNOTSUPP
    if (codeOf({ code }) === undefined) continue
    named++
    t.equal(numberOf(code as Code), number, code)
    t.equal(codeOfNumber(number), code)
  }
  t.ok(named > 20)
  t.end()
})

t.test('a number that we do not name is EIO', t => {
  t.equal(codeOfNumber(13), 'EACCES')
  t.equal(codeOfNumber(4095), 'EIO')
  t.equal(codeOfNumber(-2), 'EIO')
  t.equal(codeOfNumber(Number.NaN), 'EIO')
  t.end()
})

t.test('an Errno tells its code, its text and a detail', t => {
  const plain = new Errno('ESRCH')
  t.ok(plain instanceof Error)
  t.equal(plain.code, 'ESRCH')
  t.equal(plain.name, 'ESRCH')
  t.equal(plain.message, 'No such process')
  t.equal(String(new Errno('EIO', 'maps: cut')), 'EIO: maps: cut')
  t.end()
})

t.test('the code of anything thrown', t => {
  const table: readonly (readonly [unknown, Code | undefined])[] = [
    [new Errno('EACCES'), 'EACCES'],
    [Object.assign(new Error('open'), { code: 'ENOENT' }), 'ENOENT'],
    [
      Object.assign(new Error('load'), { code: 'ERR_DLOPEN_FAILED' }),
      undefined,
    ],
    [{ code: 'toString' }, undefined],
    [{ code: 2 }, undefined],
    [new TypeError('undefined is not a function'), undefined],
    ['ENOENT', undefined],
    [undefined, undefined],
    [null, undefined],
  ]
  for (const [thrown, code] of table) t.equal(codeOf(thrown), code)
  t.end()
})
