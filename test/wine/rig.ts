/** Where all suites of this folder run: Node for Windows under Wine. */
import koffi from 'koffi'
import { existsSync } from 'node:fs'
import { release } from 'node:os'
import t from 'tap'

t.test('this is Node for Windows', t => {
  t.equal(process.platform, 'win32')
  t.equal(process.arch, 'x64')
  t.match(process.execPath, /\\node\.exe$/)
  t.match(release(), /^10\./, 'of a Windows that it runs on')
  t.end()
})

t.test('its Windows is Wine', t => {
  const ntdll = koffi.load('ntdll.dll')
  const version = ntdll.func('str wine_get_version()') as () => string
  t.match(version(), /^\d+\.\d+/)
  t.end()
})

t.test('koffi calls Windows', t => {
  const kernel32 = koffi.load('kernel32.dll')
  const pid = kernel32.func('uint32 GetCurrentProcessId()') as () => number
  t.equal(pid(), process.pid)
  t.end()
})

t.test('it starts in the built repository', t => {
  t.ok(existsSync('package.json'))
  t.ok(existsSync('dist\\src\\cli.js'))
  t.end()
})
