import t from 'tap'
import {
  devicesOf,
  dosPath,
  type Link,
} from '../../../provider/space/dospath.ts'

const link = (name: string, target: string, ...paths: string[]): Link => ({
  name,
  target,
  paths: paths.length === 0 ? [name] : paths,
})

const volume = (digit: number): string =>
  `Volume{26a21bda-a627-11d7-9931-806e6f6e696${digit}}`

/** A machine with two drives, a mounted folder, SUBST and a share. */
const links: readonly Link[] = [
  link('C:', '\\Device\\HarddiskVolume3'),
  link('D:', '\\Device\\CdRom0'),
  link('S:', '\\??\\C:\\src\\Project'),
  link('T:', '\\??\\S:\\deep'),
  link('U:', '\\??\\UNC\\server\\share'),
  link('V:', `\\??\\${volume(2)}\\below`),
  link('X:', '\\Device\\LanmanRedirector\\;X:00000000000a1b2\\server\\share'),
  link('Y:', '\\Device\\Volume{0c1de2a1-0000-0000-0000-000000000000}'),
  link(volume(1), '\\Device\\HarddiskVolume3', 'C:\\'),
  link(volume(2), '\\Device\\HarddiskVolume10', 'C:\\mounted\\', 'C:\\other\\'),
  { name: volume(3), target: '\\Device\\HarddiskVolume1', paths: [] },
]

const devices = devicesOf(links, 'C:\\Windows')

/** NT path, DOS path. */
const table: readonly (readonly [string, string])[] = [
  ['\\Device\\HarddiskVolume3\\x\\y.dll', 'C:\\x\\y.dll'],
  ['\\Device\\HarddiskVolume3\\', 'C:\\'],
  ['\\Device\\HarddiskVolume3', 'C:\\'],
  ['\\device\\HARDDISKVOLUME3\\x', 'C:\\x'],
  ['\\Device\\CdRom0\\setup.exe', 'D:\\setup.exe'],
  ['\\Device\\HarddiskVolume10\\x', 'C:\\mounted\\x'],
  ['\\Device\\HarddiskVolume10', 'C:\\mounted'],
  ['\\Device\\HarddiskVolume10\\below\\x', 'V:\\x'],
  ['\\Device\\HarddiskVolume3\\src\\other', 'C:\\src\\other'],
  ['\\Device\\HarddiskVolume3\\SRC\\project\\x', 'S:\\x'],
  ['\\Device\\HarddiskVolume3\\src\\Project', 'S:\\'],
  ['\\Device\\HarddiskVolume3\\src\\Projects\\x', 'C:\\src\\Projects\\x'],
  ['\\Device\\HarddiskVolume3\\src\\Project\\deep\\x', 'T:\\x'],
  ['\\Device\\Volume{0c1de2a1-0000-0000-0000-000000000000}\\x', 'Y:\\x'],
  ['\\Device\\Mup\\server\\share\\x', '\\\\server\\share\\x'],
  ['\\Device\\Mup\\server\\share', '\\\\server\\share'],
  ['\\DEVICE\\MUP\\s\\a;b\\x', '\\\\s\\a;b\\x'],
  [
    '\\Device\\Mup\\;LanmanRedirector\\;X:00000000000a1b2\\server\\share\\x',
    '\\\\server\\share\\x',
  ],
  [
    '\\Device\\LanmanRedirector\\;X:00000000000a1b2\\server\\share\\x',
    '\\\\server\\share\\x',
  ],
  ['\\Device\\LanmanRedirector\\server\\share', '\\\\server\\share'],
  ['\\Device\\WebDavRedirector\\;W:0\\host@SSL\\d', '\\\\host@SSL\\d'],
  ['\\Device\\RdpDr\\;E:1\\tsclient\\c\\x', '\\\\tsclient\\c\\x'],
  ['\\??\\Z:\\home\\x', 'Z:\\home\\x'],
  ['\\??\\z:', 'z:\\'],
  ['\\DosDevices\\C:\\x', 'C:\\x'],
  ['\\GLOBAL??\\C:\\x', 'C:\\x'],
  ['\\??\\UNC\\server\\share\\x', '\\\\server\\share\\x'],
  ['\\??\\unc\\server\\share', '\\\\server\\share'],
  [`\\??\\${volume(2)}\\x`, 'C:\\mounted\\x'],
  [`\\??\\${volume(1).toLowerCase()}\\x`, 'C:\\x'],
  [`\\??\\${volume(1)}`, 'C:\\'],
  ['\\SystemRoot\\System32\\ntdll.dll', 'C:\\Windows\\System32\\ntdll.dll'],
  ['\\systemroot', 'C:\\Windows'],
  ['\\??\\C:\\line\nbreak', 'C:\\line\nbreak'],
  ['\\Device\\Mup\\server\\line\nbreak', '\\\\server\\line\nbreak'],
]

t.test('NT paths as DOS paths', t => {
  for (const [path, expected] of table)
    t.equal(dosPath(path, devices), expected, path)
  t.end()
})

t.test('what has no DOS path is told as none', t => {
  for (const path of [
    '',
    '\\',
    'x',
    'C:\\x',
    '\\Device',
    '\\Device\\',
    '\\Device\\HarddiskVolume1\\x', // no path, and no part of ...Volume10
    '\\Device\\HarddiskVolume30\\x',
    '\\Device\\HarddiskVolume',
    '\\Device\\NamedPipe\\x',
    '\\Device\\Mup',
    '\\Device\\Mup\\',
    '\\Device\\Mup\\;X:0',
    '\\Device\\Mup\\\\share',
    '\\Device\\Mup2\\server\\share',
    '\\??',
    '\\??\\',
    '\\??\\\\',
    '\\??\\C',
    '\\??\\C:x',
    '\\??\\1:\\x',
    '\\??\\UNC',
    '\\??\\UNC\\server',
    '\\??\\UNC\\server\\',
    '\\??\\UNC\\\\share',
    `\\??\\${volume(3)}\\x`,
    `\\??\\${volume(9)}\\x`,
    '\\??\\pipe\\x',
    '\\SystemRoots\\x',
    '\\x\\SystemRoot\\x',
    'x\\Device\\HarddiskVolume3\\x',
    '\ud800',
  ])
    t.equal(dosPath(path, devices), undefined, JSON.stringify(path))
  t.end()
})

t.test('a root that looks like a pattern is taken as it is', t => {
  const odd = devicesOf([], 'C:\\$&$1\\')
  t.equal(dosPath('\\SystemRoot\\x', odd), 'C:\\$&$1\\x')
  t.end()
})

t.test('of names for one place the first counts, but SUBST comes last', t => {
  const alike = devicesOf(
    [
      link('A:', '\\??\\C:\\'),
      link('C:', '\\Device\\HarddiskVolume3'),
      link('D:', '\\DEVICE\\harddiskvolume3'),
    ],
    '',
  )
  t.equal(dosPath('\\Device\\HarddiskVolume3\\x', alike), 'C:\\x')
  t.equal(dosPath('\\Device\\HarddiskVolume3', alike), 'C:\\')
  t.end()
})

t.test('links in a circle or into nowhere are no devices', t => {
  const hostile = devicesOf(
    [
      link('A:', '\\??\\B:\\x'),
      link('B:', '\\??\\A:\\y'),
      link('C:', '\\??\\C:'),
      link('E:', '\\??\\N:\\x'),
      link('F:', '\\??\\'),
      link('G:', ''),
      link('H:', '\\'),
      link('I:', 'no path'),
      link('J:', '\\Device\\Real\\'),
    ],
    '',
  )
  t.same([...hostile.paths], [['\\DEVICE\\REAL', 'J:']])
  for (const path of ['', '\\', '\\x', '\\x\\y', '\\y\\x', 'no path'])
    t.equal(dosPath(path, hostile), undefined, path)
  t.equal(dosPath('\\Device\\Real\\x', hostile), 'J:\\x')
  t.end()
})

t.test('a long chain of SUBST leads where it ends', t => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const chain = devicesOf(
    letters.map((letter, index) =>
      link(
        `${letter}:`,
        index === 25
          ? '\\Device\\HarddiskVolume3'
          : `\\??\\${letters[index + 1]}:\\${letter.toLowerCase()}`,
      ),
    ),
    '',
  )
  const path = `\\Device\\HarddiskVolume3\\${letters
    .slice(0, 25)
    .toReversed()
    .join('\\')}\\file`
  t.equal(dosPath(path, chain), 'A:\\file')
  t.end()
})

t.test('a path of nothing but separators takes no long time', t => {
  // the machine may be busy: the best counts
  let best = Infinity
  for (let left = 5; left > 0 && best >= 500; left--) {
    const start = performance.now()
    for (const path of [
      '\\'.repeat(32_767),
      `\\Device\\Mup${'\\;'.repeat(16_000)}`,
      `\\Device\\HarddiskVolume3${'\\'.repeat(32_000)}`,
      `\\??\\${'UNC\\'.repeat(8_000)}`,
    ])
      dosPath(path, devices)
    best = Math.min(best, performance.now() - start)
  }
  t.ok(best < 500)
  t.end()
})
