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

t.test('a tool is run from where Windows has it, or not at all', t => {
  for (const [tool, name] of [
    ['winget', 'LOCALAPPDATA'],
    ['msiexec', 'SystemRoot'],
    ['schtasks', 'SystemRoot'],
  ] as const) {
    const own = process.env[name]
    t.teardown(() => {
      if (own === undefined) delete process.env[name]
      else process.env[name] = own
    })
    for (const folder of ['', '.', 'Windows', 'C:', 'C:Windows', '\\\\a\\b']) {
      process.env[name] = folder
      t.throws(
        () => thisWindows.run(tool, []),
        new Refusal(`the variable ${name} names no folder`),
        `${name}=${folder}`,
      )
    }
    process.env[name] = 'C:\\nowhere'
    t.throws(() => thisWindows.run(tool, []), /no winget here|C:.*is not there/)
  }
  t.end()
})
