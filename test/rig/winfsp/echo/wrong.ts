import koffi from 'koffi'
import {
  DirInfo,
  FileInfo,
  Kind,
  LinkData,
  Rsp,
  VolumeInfo,
  dirInfoAt,
  rspBuffer,
  viewOf,
  wide,
  type KindName,
} from '../abi.ts'
import { entryOf, linkTo, write, type Answering } from './answer.ts'
import type { Wrong } from './files.ts'

const kernel32 = koffi.load('kernel32.dll')
const closeHandle = kernel32.func('CloseHandle', 'int32', ['intptr']) as (
  handle: number,
) => number

/** One way to be wrong: in the response to what, and how. */
type Way = readonly [KindName, (answering: Answering) => void]

const infoOf = ({ output }: Answering, at: number) =>
  FileInfo.view(viewOf(output), at)

const inCreate = (fields: Partial<ReturnType<typeof Rsp.view>>): Way => [
  'Create',
  ({ response }) => Object.assign(response, fields),
]

const inRead = (fields: Partial<ReturnType<typeof Rsp.view>>): Way => [
  'Read',
  ({ response }) => Object.assign(response, fields),
]

const inInfo = (fields: Partial<ReturnType<typeof FileInfo.view>>): Way => [
  'QueryInformation',
  answering => Object.assign(infoOf(answering, 24), fields),
]

const failing = (Status: number, Information = 0): Way =>
  inRead({ Status, Information })

const named = (name: string, from = 0): Way => [
  'Create',
  ({ output, response }) => {
    const text = wide(name)
    output.set(text, rspBuffer)
    Object.assign(response, {
      FileNameOffset: from,
      FileNameSize: text.length,
      Size: rspBuffer + ((text.length + 7) & ~7),
    })
  },
]

/** A link where a file was asked for. */
const linked = (
  change: (data: Uint8Array, answering: Answering) => void,
): Way => [
  'Create',
  answering => {
    const data = linkTo('\\file')
    answering.begin()
    answering.response.Status = 0x104
    answering.response.Information = 0xa000000c
    change(data, answering)
    answering.bring(data)
  },
]

/** A listing of these entries, and then of these bytes. */
const listing = (
  entries: (answering: Answering) => readonly Uint8Array[],
): Way => [
  'QueryDirectory',
  answering => {
    const all = entries(answering).map(entry => {
      const padded = new Uint8Array((entry.length + 7) & ~7)
      padded.set(entry)
      return padded
    })
    answering.put(Buffer.concat([...all, new Uint8Array(2)]))
  },
]

const changed = (
  entry: Uint8Array,
  change: (view: DataView) => void,
): Uint8Array => {
  change(viewOf(entry))
  return entry
}

/** Of the Read before this one. */
let before = 0

export const ways: Readonly<Record<Wrong, Way>> = {
  'short size': inRead({ Size: 120 }),
  'odd size': inRead({ Size: 130 }),
  'long size': inRead({ Size: 65528 }),
  'other kind': inRead({ Kind: Kind.Write }),
  'other hint': [
    'Read',
    ({ response }) => {
      response.Hint += 8n
    },
  ],
  'rounded hint': [
    'Read',
    ({ response }) => {
      response.Hint = BigInt(Number(response.Hint))
    },
  ],
  'answered twice': [
    'Read',
    ({ output, response }) => {
      output.copyWithin(128, 0, 128)
      viewOf(output).setUint16(128 + 2, 128, true)
      response.Size = 128
    },
  ],
  version: inRead({ Version: 128 }),
  pending: failing(0x103),
  errno: failing(0xfffffffe),
  warning: failing(0x80000005),
  'error with information': failing(0xc0000011, 1),
  'error with bytes': inRead({ Status: 0xc0000011, Size: 136, Information: 0 }),
  'not opened': inCreate({ Information: 2 }),
  'no attributes': inInfo({ FileAttributes: 0 }),
  'normal and more': inInfo({ FileAttributes: 0x81 }),
  'tag without attribute': inInfo({ ReparseTag: 0xa000000c }),
  'less allocated': inInfo({ AllocationSize: 1n }),
  'unix time': inInfo({ LastWriteTime: 1_700_000_000_000n }),
  'no index': inInfo({ IndexNumber: 0n }),
  'a directory': [
    'Create',
    answering => {
      infoOf(answering, 48).FileAttributes = 0x10
    },
  ],
  'write right': inCreate({ GrantedAccess: 0x12008b }),
  'less granted': inCreate({ GrantedAccess: 0x80 }),
  'generic right': inCreate({ GrantedAccess: 0x80120089 }),
  'other name': named('\\OTHER-NAME'),
  'name with NUL': named('\\name with NUL\0'),
  'name outside': named('\\name outside', 64),
  'unknown flags': inCreate({ CreateFlags: 4 }),
  'no context': inCreate({ UserContext: 0n, UserContext2: 0n }),
  'same context': inCreate({ UserContext2: 1n }),
  'link outside': linked((_, { response }) => {
    response.BufOffset = 65000
  }),
  'link of other tag': linked((_, { response }) => {
    response.Information = 0xa0000003
  }),
  'link cut': linked(data => {
    LinkData.view(viewOf(data)).ReparseDataLength--
  }),
  'link nowhere': linked(data => data.set(wide('x'), LinkData.size)),
  'read too much': [
    'Read',
    ({ request, response }) => {
      response.Information = request.Length + 1
    },
  ],
  'read nothing': inRead({ Information: 0 }),
  // as one that is answered in place of another
  'read not written': [
    'Read',
    ({ request, response }) => {
      response.Status = 0
      response.Information = request.Length
    },
  ],
  'read with bytes': inRead({ Size: 136 }),
  'write before': [
    'Read',
    ({ request }) => write(Number(request.Address) - 1, new Uint8Array(1)),
  ],
  'write behind': [
    'Read',
    ({ request }) =>
      write(Number(request.Address) + request.Length, new Uint8Array(1)),
  ],
  'write late': [
    'Read',
    ({ request }) => {
      if (before !== 0) write(before, new Uint8Array(64))
      before = Number(request.Address)
    },
  ],
  'token closed': ['Create', ({ create }) => closeHandle(create.AccessToken)],
  'close fails': ['Close', ({ response }) => (response.Status = 0xc0000008)],
  'information of info': [
    'QueryInformation',
    ({ response }) => (response.Information = 72),
  ],
  'entry size': listing(() => [
    changed(entryOf('a', { size: 1 }), view => {
      DirInfo.view(view).Size = 100
    }),
  ]),
  'entry name': listing(() => [entryOf('a\\b', { size: 1 })]),
  'entry twice': listing(() => [
    entryOf('a', { size: 1 }),
    entryOf('a', { size: 1 }),
  ]),
  'entry not asked': listing(() => [entryOf('a', { size: 1 })]),
  'entries behind end': listing(() => [
    entryOf('a', { size: 1 }),
    new Uint8Array(8),
    entryOf('b', { size: 1 }),
  ]),
  'entry is marker': listing(() => [entryOf('marker', { size: 1 })]),
  'entry padding': listing(() => [
    changed(entryOf('a', { size: 1 }), view =>
      view.setUint8(dirInfoAt + 85, 1),
    ),
  ]),
  label: [
    'QueryVolumeInformation',
    ({ output }) => {
      VolumeInfo.view(viewOf(output), 24).VolumeLabelLength = 7
    },
  ],
  free: [
    'QueryVolumeInformation',
    ({ output }) => {
      VolumeInfo.view(viewOf(output), 24).FreeSize = 8192n
    },
  ],
  security: [
    'QuerySecurity',
    ({ output, response }) => {
      output[rspBuffer + 2] = 0
      output[rspBuffer] = 9
      response.BufSize -= 4
    },
  ],
}
