import { readFileSync } from 'node:fs'
import t from 'tap'
import { open } from '../../../provider/minidump/index.ts'
import type { Width } from '../../../provider/nt/memory.ts'
import {
  environmentBound,
  parametersOf,
} from '../../../provider/nt/parameters.ts'
import { Image } from '../../fixtures/image.ts'
import { expectedOf, ofRealDumps, realDumps } from '../../rig/dumps.ts'

const peb = 0x7efd_e000
const block = 0x2_0000
const strings = 0x3_0000
const environment = 0x4_0000

/** Offsets: in the PEB, and in the block. */
const offsets = {
  8: {
    ProcessParameters: 0x20,
    CurrentDirectory: 0x38,
    ImagePathName: 0x60,
    CommandLine: 0x70,
    Environment: 0x80,
    WindowTitle: 0xb0,
    EnvironmentSize: 0x3f0,
    buffer: 8,
  },
  4: {
    ProcessParameters: 0x10,
    CurrentDirectory: 0x24,
    ImagePathName: 0x38,
    CommandLine: 0x40,
    Environment: 0x48,
    WindowTitle: 0x70,
    EnvironmentSize: 0x290,
    buffer: 4,
  },
} as const

const widths = [8, 4] as const

const texts = [
  ['CurrentDirectory', 'C:\\Users\\né\\'],
  ['ImagePathName', 'C:\\a b\\x.exe'],
  ['CommandLine', '"C:\\a b\\x.exe" \u{1f600}\n'],
  ['WindowTitle', ''],
] as const

interface Options {
  /** What Buffers count from, as the block says. */
  readonly from?: number
  readonly environment?: string
  /** Bytes, as the block says. */
  readonly size?: number
}

const write = (image: Image, at: number, text: string): void => {
  for (const [index, unit] of [...Buffer.from(text, 'utf16le')].entries())
    image.u8(at + index, unit)
}

const imageOf = (width: Width, options: Options = {}): Image => {
  const { from = 0, environment: text = 'A=b\0=C:=C:\\x\0\0' } = options
  const image = new Image(width)
  const where = offsets[width]
  image.map(peb)
  image.map(block)
  image.map(strings)
  image.map(environment, [[0x3000, 'rw']])
  image.pointer(peb + where.ProcessParameters, block)
  image.u32(block + 8, from === 0 ? 0x6001 : 0x6000)
  let at = strings
  for (const [name, text] of texts) {
    image.put(block + where[name], 2, text.length * 2)
    image.put(block + where[name] + 2, 2, text.length * 2 + 2)
    image.pointer(block + where[name] + where.buffer, at - from)
    write(image, at, text)
    at += 0x100
  }
  image.pointer(block + where.Environment, environment)
  image.pointer(block + where.EnvironmentSize, options.size ?? text.length * 2)
  write(image, environment, text)
  return image
}

const told = (image: Image) => {
  const found = parametersOf(image.read, image.width, peb)
  return (
    found && [
      found.currentDirectory(),
      found.imagePath(),
      found.commandLine(),
      found.windowTitle(),
      found.environment(),
    ]
  )
}

const all = [...texts.map(([, text]) => text), 'A=b\0=C:=C:\\x\0']

t.test('what a process was started with', t => {
  for (const width of widths) {
    t.same(told(imageOf(width)), all, `${width * 8} bits`)
    t.same(told(imageOf(width, { from: block })), all, 'not normalized')
  }
  t.end()
})

t.test('an environment ends where it says, or at an empty entry', t => {
  const long = `A=${'b'.repeat(0xffd)}\0C=d\0\0`
  const table: readonly (readonly [string, Options, string | undefined])[] = [
    ['none', { environment: '\0\0' }, ''],
    ['none, of one NUL', { environment: '\0', size: 2 }, ''],
    ['of no bytes', { environment: 'A=b\0\0', size: 1 }, ''],
    ['less than its size', { environment: 'A=b\0\0C=d\0\0' }, 'A=b\0'],
    ['no size is told', { environment: 'A=b\0\0', size: 0 }, 'A=b\0'],
    ['no empty entry', { environment: 'A=b\0', size: 8 }, 'A=b\0'],
    ['nor a NUL', { environment: 'A=b', size: 6 }, 'A=b\0'],
    ['an odd size', { environment: 'A=b\0C', size: 9 }, 'A=b\0'],
    ['pages', { environment: long }, long.slice(0, -1)],
    [
      'a NUL at a page',
      { environment: `${'a'.repeat(0x7ff)}\0\0` },
      `${'a'.repeat(0x7ff)}\0`,
    ],
    ['lone surrogates', { environment: 'A=\udc80\0\0' }, 'A=\ufffd\0'],
    [
      'memory ends first',
      { environment: 'a'.repeat(0x1800), size: 0x3001 },
      undefined,
    ],
  ]
  for (const width of widths)
    for (const [name, options, expected] of table) {
      const image = imageOf(width, options)
      t.equal(
        parametersOf(image.read, width, peb)?.environment(),
        expected,
        name,
      )
      t.ok(image.longest <= 0x1000, 'page by page')
    }
  t.end()
})

t.test('an environment without end is bounded', t => {
  for (const size of [0, environmentBound + 2, 2 ** 40]) {
    const image = imageOf(8, { size })
    let read = 0
    const endless = (address: number, length: number): Uint8Array => {
      if (address < environment || address >= peb)
        return image.read(address, length)
      read += length
      return new Uint8Array(length).fill(0x61)
    }
    t.equal(parametersOf(endless, 8, peb)?.environment(), undefined)
    t.ok(read <= environmentBound)
  }
  t.end()
})

t.test('what is not there is not told', t => {
  for (const width of widths) {
    const { ProcessParameters, CommandLine, Environment, buffer } =
      offsets[width]
    t.equal(
      parametersOf(() => new Uint8Array(), width, peb),
      undefined,
    )
    const nowhere = imageOf(width)
    nowhere.pointer(peb + ProcessParameters, 0)
    t.equal(told(nowhere), undefined, 'a PEB without parameters')
    const beyond = imageOf(width)
    beyond.pointer(peb + ProcessParameters, block + 0xfff)
    t.equal(told(beyond), undefined, 'parameters over the edge')
    const torn = imageOf(width)
    torn.pointer(block + CommandLine + buffer, strings + 0xfff)
    torn.pointer(block + Environment, 0)
    t.same(told(torn), [all[0], all[1], undefined, all[3], ''])
    const odd = imageOf(width)
    odd.put(block + CommandLine, 2, 5)
    t.equal(told(odd)?.[2], '"C', 'an odd length')
    odd.put(block + CommandLine, 2, 0xffff)
    t.equal(told(odd)?.[2], undefined, 'the longest')
    t.equal(odd.longest, 0xfffe)
  }
  t.end()
})

t.test('parameters may end before EnvironmentSize', t => {
  for (const width of widths) {
    const image = imageOf(width)
    const end = block + offsets[width].EnvironmentSize
    const cut = (address: number, length: number): Uint8Array =>
      address < end && address + length > end
        ? image.read(address, end - address)
        : image.read(address, length)
    t.equal(parametersOf(cut, width, peb)?.environment(), all[4])
  }
  t.end()
})

/** Where the 32-bit side of the WoW64 dump is, as a debugger shows it. */
const wow64Folder =
  'D:\\src\\llvm\\llvm\\tools\\lldb\\packages\\Python\\lldbsuite\\test\\functionalities\\postmortem\\wow64_minidump\\'

/** Of their environments dbghelp recorded the first 8,192 bytes. */
const cut = /win10-(?:16299-x64-sigsegv|19042-x64-tiny)/

t.test('of real dumps, as another reader has them', ofRealDumps, t => {
  let looked = 0
  for (const dump of realDumps) {
    const { pid, peb, wow64, arch } = expectedOf(dump)
    if (!peb?.readable || !peb.cmdline) continue
    const system = open({ file: dump, spans: false })
    const process = system.process(pid)
    const faces = [
      [arch === 'x86' ? 4 : 8, peb.peb],
      ...(wow64?.peb32 ? ([[4, wow64.peb32]] as const) : []),
    ] as const
    for (const [width, address] of faces) {
      const found = parametersOf(
        (at, length) => process.read(at, length),
        width,
        Number(address),
      )
      t.equal(found?.commandLine(), peb.cmdline, `${dump}, ${width}`)
      t.equal(found?.imagePath(), peb.imagepath)
      // of a WoW64 process the 64-bit side never moves
      t.equal(
        found?.currentDirectory(),
        address === peb.peb ? peb.curdir : wow64Folder,
      )
      const block = found?.environment()
      looked++
      if (cut.test(dump)) {
        t.equal(block, undefined, 'an environment that is cut')
        continue
      }
      t.match(block, /(?:^|\0)SystemRoot=C:\\Windows\0/i)
      t.match(block, /^(?:[^\0]+\0)+$/)
      // its end is where the file has an empty entry
      const bytes = Buffer.from(`${block}\0`, 'utf16le')
      t.ok(readFileSync(dump).includes(bytes), 'as it stands in the file')
    }
    system.close?.()
  }
  t.ok(looked >= 6, `${looked} blocks`)
  t.end()
})
