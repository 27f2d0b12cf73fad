import t from 'tap'
import { install, Refusal } from '../../../install/install.ts'
import { thisWindows } from '../../../install/windows/system.ts'
import { missing, noLinux } from '../../rig/need.ts'

t.test('a Windows that cannot be asked is a refusal', missing(noLinux), t => {
  t.throws(() => thisWindows.isElevated(), {
    message: /^OpenProcessToken of advapi32\.dll cannot be called: ./,
  })
  const program = { node: '/usr/bin/node', cli: '/cli.js' }
  try {
    install(program, {}, 'win32')
    t.fail('it is not refused')
  } catch (error) {
    t.ok(error instanceof Refusal)
  }
  t.end()
})

t.test('winget is run from where it is, or not at all', t => {
  const name = 'LOCALAPPDATA'
  const own = process.env[name]
  t.teardown(() => {
    if (own === undefined) delete process.env[name]
    else process.env[name] = own
  })
  for (const folder of ['', '.', 'Windows', 'C:', 'C:Windows', '\\\\a\\b']) {
    process.env[name] = folder
    t.throws(
      () => thisWindows.run('winget', []),
      new Refusal(`the variable ${name} names no folder`),
      folder,
    )
  }
  process.env[name] = 'C:\\nowhere'
  t.throws(() => thisWindows.run('winget', []), /there is no winget here/)
  t.end()
})
