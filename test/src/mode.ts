import t from 'tap'
import { modeText } from '../../src/mode.ts'

t.test('modes print as ls prints them', t => {
  const table = [
    [0o040555, 'dr-xr-xr-x'],
    [0o100444, '-r--r--r--'],
    [0o100400, '-r--------'],
    [0o100644, '-rw-r--r--'],
    [0o120777, 'lrwxrwxrwx'],
    [0o140000, '?---------'],
  ] as const
  for (const [mode, text] of table) t.equal(modeText(mode), text)
  t.end()
})
