import t, { type Test } from 'tap'
import { Kind, type KindName } from '../../../../fs/winfsp/codec/kinds.ts'
import { requestSize } from '../../../../fs/winfsp/codec/limits.ts'
import { markerOf } from '../../../../fs/winfsp/codec/listing.ts'
import { Requests, type Request } from '../../../../fs/winfsp/codec/request.ts'
import { bodies } from '../../../../fs/winfsp/codec/requests.ts'
import { Status } from '../../../../fs/winfsp/status.ts'
import { fuzzHere } from '../../../fuzz/here.ts'
import winfsp from '../../../fuzz/winfsp.ts'
import { goldenBytes, goldenNames, hint } from '../../../rig/winfsp.ts'

const bytes = new Uint8Array(requestSize)
const data = new DataView(bytes.buffer)
const requests = new Requests(bytes)

/** The golden request of that name, alone in the buffer. */
const load = (name: string, change?: (bytes: DataView) => void): Request => {
  const golden = goldenBytes(`request ${name}`)
  bytes.fill(0xaa)
  bytes.set(golden)
  change?.(data)
  requests.load(golden.length)
  return requests.next() as Request
}

const loadAs = <N extends KindName>(
  kind: N,
  name: string = kind,
): Extract<Request, { kind: N }> => {
  const request = load(name)
  if (request.kind !== kind) throw new Error(`${name} is ${request.kind}`)
  return request as Extract<Request, { kind: N }>
}

const isRefused = (
  t: Test,
  request: Request,
  name: string,
  status: number = Status.InvalidParameter,
): void => {
  t.match(request, { kind: 'Malformed', status, hint }, name)
}

const names = goldenNames
  .filter(name => name.startsWith('request '))
  .map(name => name.slice('request '.length))

t.test('every request tells what it is and whom to answer', t => {
  const seen = new Set<string>()
  for (const name of names) {
    const { kind, number, hint: told } = load(name)
    t.equal(kind, name.split(' ')[0], name)
    t.equal(number, Kind[kind as KindName])
    t.equal(told, hint)
    t.equal(requests.next(), undefined, 'one alone')
    seen.add(kind)
  }
  t.strictSame([...seen].toSorted(), Object.keys(Kind).toSorted())
  t.end()
})

const contexts = { UserContext: 77, UserContext2: 0x1_2345_6789_abcd }

t.test('bodies read as C wrote them', t => {
  const table: readonly (readonly [string, Record<string, unknown>])[] = [
    [
      'Create',
      {
        CreateOptions: 0x0120_0060,
        FileAttributes: 0x80,
        AllocationSize: 0x11_2233_4455,
        AccessToken: 0x1a4,
        ProcessId: 4242,
        DesiredAccess: 0x12_0089,
        GrantedAccess: 0x80,
        ShareAccess: 7,
        Flags: 0x83,
        NamedStream: 6,
      },
    ],
    [
      'Overwrite',
      {
        ...contexts,
        FileAttributes: 0x20,
        AllocationSize: 0x11_2233_4455,
        Flags: 1,
      },
    ],
    ['Cleanup', { ...contexts, Flags: 0x21 }],
    ['Close', contexts],
    [
      'Read',
      {
        ...contexts,
        Address: 0x7fff_dead_b000n,
        Offset: 0x1f_0000_0000n,
        Length: 65536,
        Key: 4242,
      },
    ],
    ['Write', { ...contexts, Offset: 3, Length: 4, Flags: 1 }],
    ['QueryInformation', contexts],
    [
      'SetInformation Basic',
      {
        ...contexts,
        FileInformationClass: 4,
        Attributes: 0x21,
        CreationTime: 2n,
        LastAccessTime: 3n,
        LastWriteTime: 4n,
        ChangeTime: 5n,
      },
    ],
    ['SetInformation Allocation', { AllocationSize: 0x11_2233_4455 }],
    ['SetInformation EndOfFile', { FileSize: 0x11_2233_4455 }],
    ['SetInformation Disposition', { Disposition: 1 }],
    ['SetInformation DispositionEx', { Disposition: 3 }],
    [
      'SetInformation RenameEx',
      { AccessToken: 0x1a4, ProcessId: 4242, RenameFlags: 3 },
    ],
    ['QueryEa', contexts],
    ['SetEa', contexts],
    ['FlushBuffers', contexts],
    ['SetVolumeInformation', { FsInformationClass: 2 }],
    [
      'QueryDirectory offset',
      { ...contexts, Address: 0x7fff_dead_b000n, Length: 4096, Flags: 2 },
    ],
    ['QueryDirectory name', { Flags: 1 }],
    [
      'FileSystemControl set',
      { ...contexts, FsControlCode: 0x9_00a4, TargetOnFileSystem: 1 },
    ],
    [
      'DeviceControl',
      { ...contexts, IoControlCode: 0x22_0004, OutputLength: 100 },
    ],
    ['QuerySecurity', contexts],
    ['SetSecurity', { ...contexts, SecurityInformation: 4 }],
    ['QueryStreamInformation', contexts],
  ]
  for (const [name, fields] of table) {
    const request = load(name)
    if (request.kind === 'Malformed') return t.fail(name)
    for (const [field, value] of Object.entries(fields))
      t.equal(Reflect.get(request.body, field), value, `${name} ${field}`)
  }
  t.end()
})

t.test('texts and bytes are what the BUFs hold', t => {
  const path = '\\Proc\\4242\\maps'
  const create = loadAs('Create')
  t.equal(create.text('FileName'), path)
  t.equal(create.bytes('Ea').length, 12)
  t.equal(Buffer.from(create.bytes('Ea')).toString(), 'abcdefghijk\0')
  t.equal(create.bytes('SecurityDescriptor')[3], 0x80)
  t.equal(loadAs('Create', 'Create root').text('FileName'), '\\')
  t.equal(loadAs('Cleanup').text('FileName'), path)
  t.equal(
    loadAs('SetInformation', 'SetInformation Rename').text('NewFileName'),
    '\\other',
  )
  t.equal(loadAs('SetVolumeInformation').text('VolumeLabel'), 'proc')
  const offset = loadAs('QueryDirectory', 'QueryDirectory offset')
  t.equal(offset.text('Pattern'), 'maps')
  t.equal(markerOf(offset.bytes('Marker')), 0x123_4567)
  const name = loadAs('QueryDirectory', 'QueryDirectory name')
  t.equal(Buffer.from(name.bytes('Marker')).toString('utf16le'), 'cmdline\0')
  t.throws(() => markerOf(name.bytes('Marker')), { code: 'EINVAL' })
  const control = loadAs('FileSystemControl', 'FileSystemControl set')
  t.equal(Buffer.from(control.bytes('Buffer')).toString(), '1234567\0')
  t.equal(loadAs('DeviceControl').bytes('Buffer').length, 8)
  t.equal(loadAs('SetEa').bytes('Ea').length, 8)
  t.equal(loadAs('Overwrite').bytes('Ea').length, 8)
  t.equal(loadAs('SetSecurity').bytes('SecurityDescriptor').length, 20)
  t.end()
})

t.test('what is absent is empty', t => {
  t.equal(loadAs('Close').text('FileName'), '')
  const request = loadAs('QueryDirectory')
  t.equal(request.text('Pattern'), '')
  t.equal(request.bytes('Marker').length, 0)
  t.equal(markerOf(request.bytes('Marker')), 0)
  const basic = loadAs('SetInformation', 'SetInformation Basic')
  t.equal(basic.text('NewFileName'), '', 'its bytes are the attributes')
  t.end()
})

t.test('a lone surrogate in a name stays what it is', t => {
  load('Create', data => data.setUint16(88 + 2, 0xd834, true))
  requests.load(goldenBytes('request Create').length)
  const request = requests.next() as Extract<Request, { kind: 'Create' }>
  t.equal(request.text('FileName'), '\\\ud834roc\\4242\\maps')
  t.end()
})

t.test('one cursor of a kind serves all its requests', t => {
  t.equal(load('Read'), load('Read'))
  t.not(load('Read'), load('Write'))
  t.end()
})

t.test('a batch is given one by one, each where it is aligned', t => {
  const batch = ['Create root', 'Read', 'QueryDirectory offset', 'Close']
  let at = 0
  for (const name of batch) {
    const golden = goldenBytes(`request ${name}`)
    bytes.set(golden, at)
    at += golden.length
  }
  requests.load(at)
  const seen: string[] = []
  for (let request; (request = requests.next());) {
    seen.push(request.kind)
    if (request.kind === 'Create') t.equal(request.text('FileName'), '\\')
    if (request.kind === 'Read') t.equal(request.body.Length, 65536)
    if (request.kind === 'QueryDirectory')
      t.equal(request.text('Pattern'), 'maps')
  }
  t.strictSame(seen, ['Create', 'Read', 'QueryDirectory', 'Close'])
  t.end()
})

t.test('no bytes are no request, nor are less than a head', t => {
  for (const length of [-1, 0, 1, 15]) {
    requests.load(length)
    t.equal(requests.next(), undefined, `${length}`)
  }
  t.end()
})

t.test('a size that cannot be is refused, and ends the batch', t => {
  for (const size of [0, 16, 87, 89, 0xffff]) {
    const request = load('Read', data => data.setUint16(2, size, true))
    isRefused(t, request, `${size}`)
    t.equal(requests.next(), undefined)
  }
  const golden = goldenBytes('request Read')
  bytes.set(golden)
  requests.load(16)
  isRefused(t, requests.next() as Request, 'only a head')
  requests.load(1e9)
  t.equal(requests.next()?.kind, 'Read', 'no more than the buffer')
  t.end()
})

t.test('a kind that we do not know is refused, and the next is not', t => {
  for (const kind of [0, 22, 0xffff_ffff]) {
    load('Read', data => data.setUint32(4, kind, true))
    bytes.set(goldenBytes('request Close'), 88)
    requests.load(176)
    const request = requests.next() as Request
    isRefused(t, request, `${kind}`, Status.InvalidDeviceRequest)
    t.equal(request.number, kind)
    t.equal(requests.next()?.kind, 'Close')
  }
  t.end()
})

t.test('a BUF beyond its request is refused, whatever it holds', t => {
  const table: readonly (readonly [string, string, string])[] = [
    ['Create', 'Create', 'FileName'],
    ['Create', 'Create', 'SecurityDescriptor'],
    ['Create', 'Create', 'Ea'],
    ['Overwrite', 'Overwrite', 'Ea'],
    ['Read', 'Read', 'FileName'],
    ['SetInformation Rename', 'SetInformation', 'NewFileName'],
    ['SetEa', 'SetEa', 'Ea'],
    ['SetVolumeInformation', 'SetVolumeInformation', 'VolumeLabel'],
    ['QueryDirectory offset', 'QueryDirectory', 'Pattern'],
    ['QueryDirectory offset', 'QueryDirectory', 'Marker'],
    ['FileSystemControl set', 'FileSystemControl', 'Buffer'],
    ['DeviceControl', 'DeviceControl', 'Buffer'],
    ['SetSecurity', 'SetSecurity', 'SecurityDescriptor'],
  ]
  for (const [name, kind, field] of table) {
    const { fields } = bodies[kind as KindName]
    const [at] = Reflect.get(fields, field) as [number]
    const bad = load(name, data => data.setUint16(at, 0xfff0, true))
    if (name === 'Read') {
      t.equal(bad.kind, 'Read', 'an offset without a size is none')
      isRefused(
        t,
        load(name, data => data.setUint16(at + 2, 2, true)),
        name,
      )
      continue
    }
    isRefused(t, bad, `${name}: offset of ${field}`)
    isRefused(
      t,
      load(name, data => data.setUint16(at + 2, 0xfffe, true)),
      `${name}: size of ${field}`,
    )
  }
  t.end()
})

t.test('a path that is none is refused', t => {
  const [at] = bodies.Create.fields.FileName
  const end = 88 + 30
  const table: readonly (readonly [string, (data: DataView) => void])[] = [
    ['absent', data => data.setUint16(at + 2, 0, true)],
    ['of an odd size', data => data.setUint16(at + 2, 31, true)],
    ['of one byte', data => data.setUint16(at + 2, 1, true)],
    ['empty', data => data.setUint32(at, (2 << 16) | 30, true)],
    ['without a NUL', data => data.setUint16(end, 0x61, true)],
    ['with a NUL inside', data => data.setUint16(88 + 8, 0, true)],
    ['without a backslash', data => data.setUint16(88, 0x2f, true)],
  ]
  for (const [name, change] of table) isRefused(t, load('Create', change), name)
  t.end()
})

t.test('a text needs no backslash, but an end', t => {
  const label = (change: (data: DataView) => void): Request =>
    load('SetVolumeInformation', change)
  t.equal(label(() => {}).kind, 'SetVolumeInformation')
  isRefused(
    t,
    label(data => data.setUint16(88 + 8, 0x61, true)),
    'no NUL',
  )
  isRefused(
    t,
    label(data => data.setUint16(88 + 2, 0, true)),
    'one inside',
  )
  t.end()
})

t.test('a buffer may begin anywhere', t => {
  const golden = goldenBytes('request Create')
  const whole = new Uint8Array(golden.length + 21)
  whole.set(golden, 13)
  const inside = new Requests(whole.subarray(13, 13 + golden.length))
  inside.load(golden.length)
  const request = inside.next()
  t.equal(request?.kind, 'Create')
  if (request?.kind !== 'Create') return t.end()
  t.equal(request.text('FileName'), '\\Proc\\4242\\maps')
  t.equal(request.bytes('Ea')[0], 0x61)
  t.end()
})

t.test('whatever comes is answered within what the driver accepts', async t => {
  const { sound, refused, ...rest } = await fuzzHere(winfsp, 4, 20_000)
  t.ok(Number(sound) > 2000, `${sound} sound`)
  t.ok(Number(refused) > 2000, `${refused} refused`)
  t.ok(Number(rest['too short to answer']) > 20)
})
