import { Errno } from '../../../provider/errno.ts'
import { allocationOf } from './info.ts'
import { aligned, responseSize } from './limits.ts'
import { Response, StreamInfo } from './structures.ts'
import { putText } from './utf16.ts'

/** One stream of a file; the unnamed one's name is empty. */
export interface Stream {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

const sizeOf = ({ name }: Stream): number => StreamInfo.size + name.length * 2

/** What a QueryStreamInformation is answered with; EFBIG if it is too long. */
export const streamsOf = (streams: readonly Stream[]): Uint8Array => {
  const size = streams.reduce((sum, each) => sum + aligned(sizeOf(each)), 0)
  if (size > responseSize - Response.size) throw new Errno('EFBIG')
  const bytes = new Uint8Array(size)
  const data = new DataView(bytes.buffer)
  const info = StreamInfo.view(data)
  for (const stream of streams) {
    info.Size = sizeOf(stream)
    info.StreamSize = stream.size
    info.StreamAllocationSize = allocationOf(stream.size)
    putText(data, info.at + StreamInfo.size, stream.name)
    info.at += aligned(sizeOf(stream))
  }
  return bytes
}
