/** The loop of the echo: a thread that lives in FspFsctlTransact. */
import { parentPort, workerData } from 'node:worker_threads'
import {
  Kind,
  Status,
  getReparsePoint,
  tagSymlink,
  type KindName,
} from '../abi.ts'
import { Option } from '../requests.ts'
import {
  Answering,
  descriptor,
  entryOf,
  fillVolume,
  linkTo,
  type Told,
} from './answer.ts'
import {
  content,
  folder,
  hidden,
  indexOf,
  links,
  namesIn,
  slow,
  who,
} from './files.ts'
import { functions, type Shared } from './functions.ts'
import { tellToken } from './token.ts'
import { ways } from './wrong.ts'

const { dll, volume } = workerData as Shared
const driver = functions(dll)

const kinds = new Map<number, KindName>(
  Object.entries(Kind).map(([name, kind]) => [kind, name as KindName]),
)
const names = new Map(
  [
    '',
    folder,
    who,
    ...[content, hidden, links].flatMap(map => [...map.keys()]),
  ].map(name => [name.toLowerCase(), name]),
)
const files = new Map([...content, ...hidden])
const open = new Map<bigint, string>()
let last = 0n

const input = new Uint8Array(65536)
const answering = new Answering(input)
const { request, response, create } = answering

/** The name of a file, '' of the root; of what wrong is to be done. */
const nameOf = (): string =>
  request.Kind === Kind.Create
    ? answering.text(create.FileNameOffset, create.FileNameSize).slice(1)
    : (open.get(request.UserContext2) ?? '')

/** What is told of a path. */
const toldOf = (path: string): Told => ({
  size: path === who ? 0 : (files.get(path)?.length ?? 0),
  kind: links.has(path)
    ? 'link'
    : path === '' || path === folder
      ? 'directory'
      : 'file',
  index: indexOf(path),
})

/** FILE_WRITE_DATA, FILE_APPEND_DATA, FILE_WRITE_EA, DELETE, … */
const writing = 0xd0156

const openFile = (): void => {
  const asked = nameOf()
  if (asked === who) {
    const told = { pid: create.Pid, ...tellToken(create.AccessToken) }
    files.set(who, Buffer.from(JSON.stringify(told)))
  }
  const name = names.get(asked.toLowerCase())
  if (name === undefined) return answering.fail(Status.objectNameNotFound)
  const target = links.get(name)
  const isFollowed = (create.CreateOptions & Option.openReparsePoint) === 0
  if (target !== undefined && isFollowed) {
    answering.bring(linkTo(target))
    response.Status = Status.reparse
    response.Information = tagSymlink
    return
  }
  if ((create.DesiredAccess & writing) !== 0)
    return answering.fail(Status.mediaWriteProtected)
  open.set(++last, name)
  response.Information = 1
  response.UserContext2 = last
  response.GrantedAccess = create.DesiredAccess
  answering.tell(48, toldOf(name))
}

const list = (): void => {
  const { PatternSize, MarkerSize, DirectoryLength } = request
  const marker = answering.text(request.MarkerOffset, MarkerSize)
  const pattern = answering.text(request.PatternOffset, PatternSize)
  const directory = nameOf()
  const all = namesIn(directory)
  const from = all.indexOf(marker) + 1
  const isName = (request.DirectoryFlags & 2) !== 0
  const chosen = isName
    ? all.filter(name => name.toLowerCase() === pattern.toLowerCase())
    : all.slice(from)
  let size = 0
  for (const name of chosen) {
    const path = directory === '' ? name : `${directory}\\${name}`
    const entry = entryOf(name, toldOf(path))
    if (size + entry.length > DirectoryLength) {
      response.Information = size
      return
    }
    answering.put(entry, size)
    size += (entry.length + 7) & ~7
  }
  if (size + 2 <= DirectoryLength) {
    answering.put(new Uint8Array(2), size)
    size += 2
  }
  response.Information = size
}

const read = (): void => {
  const bytes = files.get(nameOf()) ?? new Uint8Array()
  const offset = Number(request.Offset)
  if (offset >= bytes.length) return answering.fail(Status.endOfFile)
  answering.put(bytes.subarray(offset, offset + request.Length))
}

const tellLink = (): void => {
  const target = links.get(nameOf())
  if (target === undefined || request.FsControlCode !== getReparsePoint)
    return answering.fail(Status.invalidDeviceRequest)
  answering.bring(linkTo(target))
}

const handlers: Partial<Record<KindName, () => void>> = {
  Create: openFile,
  Read: read,
  QueryDirectory: list,
  Cleanup: () => {},
  Close: () => void open.delete(request.UserContext2),
  QueryInformation: () => answering.tell(24, toldOf(nameOf())),
  FileSystemControl: tellLink,
  QueryVolumeInformation: () => fillVolume(answering),
  QuerySecurity: () => answering.bring(descriptor()),
}

/** What is said wrongly, by the name of a file or the pattern of a listing. */
const wayOf = (name: string) => {
  const key =
    request.Kind === Kind.QueryDirectory
      ? answering.text(request.PatternOffset, request.PatternSize)
      : name
  return Object.entries(ways).find(([wrong]) => wrong === key)?.[1]
}

/** Answers what is at hand; the size of the response. */
const answer = (): number => {
  answering.begin()
  const kind = kinds.get(request.Kind)
  const handler = kind && handlers[kind]
  const name = nameOf()
  if (handler === undefined) answering.fail(Status.invalidDeviceRequest)
  else handler()
  const way = wayOf(name)
  if (way?.[0] !== kind) return response.Size
  way?.[1](answering)
  return name === 'answered twice'
    ? 256
    : Math.max(128, (response.Size + 7) & 0x3ff8)
}

const held: Uint8Array[] = []
const size = new BigUint64Array(1)
let responseSize = 0

driver.FspFsctlTransact(volume, null, 0, null, null, 0)
parentPort?.postMessage({ ready: true })
for (;;) {
  size[0] = BigInt(input.length)
  const { output } = answering
  const status = driver.FspFsctlTransact(
    volume,
    responseSize === 0 ? null : output,
    responseSize,
    input,
    size,
    0,
  )
  if (status !== 0) {
    parentPort?.postMessage({ status })
    break
  }
  responseSize = size[0] === 0n ? 0 : answer()
  if (responseSize === 0) continue
  if (request.Kind !== Kind.Read || nameOf() !== slow) continue
  held.push(output.slice(0, responseSize))
  responseSize = 0
  if (held.length < 8) continue
  // the one that came last is answered first, and all in one call
  const all = Buffer.concat(held.splice(0).reverse())
  driver.FspFsctlTransact(volume, all, all.length, null, null, 0)
}
