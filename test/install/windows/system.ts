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
