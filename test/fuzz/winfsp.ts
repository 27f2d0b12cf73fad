/**
 * Mutated and random requests of WinFsp's driver through decoder and encoder:
 * nothing behind a request is read, and each is answered as the driver accepts.
 */
import { isDeepStrictEqual } from 'node:util'
import type { KindName } from '../../fs/winfsp/codec/kinds.ts'
import { Requests, type Request } from '../../fs/winfsp/codec/request.ts'
import { bodies, parts } from '../../fs/winfsp/codec/requests.ts'
import { randomFor } from '../rig/random.ts'
import { Answers } from '../rig/winfsp/answers.ts'
import { faultOf } from '../rig/winfsp/fault.ts'
import { isSound } from '../rig/winfsp/sound.ts'
import { goldenBytes, goldenNames } from '../rig/winfsp.ts'
import type { Fuzzer, Tell } from './fuzzer.ts'

type Random = (bound: number) => number

const samples = goldenNames
  .filter(name => name.startsWith('request '))
  .map(goldenBytes)

/** Bytes that are likely to hit a bound. */
const edges = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]

/** What all a request says, to be compared. */
const told = (request: Request): unknown => {
  if (request.kind === 'Malformed') return { ...request }
  const { kind, number, hint, body } = request
  const shapes: Record<string, string> = {
    FileName: 'path',
    ...(parts as { [kind in KindName]?: Record<string, string> })[kind],
  }
  const asked = request as unknown as {
    text(part: string): string
    bytes(part: string): Uint8Array
  }
  const held = Object.entries(shapes).map(([part, shape]) => {
    if (shape === 'bytes') return Buffer.from(asked.bytes(part))
    const text = asked.text(part)
    if (text.includes('\0')) throw new Error(`${part} goes on after its end`)
    if (shape === 'path' && text !== '' && !text.startsWith('\\'))
      throw new Error(`${part} is no path`)
    return text
  })
  const fields = Object.keys(bodies[kind].fields).map(field =>
    Reflect.get(body, field),
  )
  return { kind, number, hint, held, fields }
}

const noise = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random(300) }, () => random(256))

const mutated = (random: Random): Uint8Array => {
  const bytes = (samples[random(samples.length)] as Uint8Array).slice()
  for (let change = random(4); change > 0; change--) {
    const at = random(bytes.length)
    bytes[at] = [...edges, random(256)][random(edges.length + 1)] as number
  }
  const cut = random(6) ? bytes : bytes.subarray(0, random(bytes.length + 1))
  const input = cut.slice()
  // half of what was cut tells so
  if (cut.length >= 4 && cut.length < bytes.length && random(2))
    new DataView(input.buffer).setUint16(2, cut.length, true)
  return input
}

const answers = new Answers()

/** In whose midst a request is. */
const around = new Uint8Array(0x1_4000)

const one = (random: Random, tell: Tell): number => {
  const input = random(8) ? mutated(random) : noise(random)
  const exact = new Requests(input)
  exact.load(input.length)
  // the same, in the midst of other bytes: nothing of them may be seen
  around.fill(random(256))
  around.set(input)
  const wide = new Requests(around)
  wide.load(input.length)
  const request = exact.next()
  const other = wide.next()
  if (!request || !other) {
    if (request ?? other) throw new Error('bytes behind it were read')
    if (input.length >= 16) throw new Error('not answered')
    tell('too short to answer')
    return input.length
  }
  if (!isDeepStrictEqual(told(request), told(other)))
    throw new Error('bytes behind it were read')
  const isMalformed = request.kind === 'Malformed'
  if (!isMalformed && !isSound(input)) throw new Error('it makes no sense')
  tell(isMalformed ? 'refused' : 'sound')
  const fault = faultOf(answers.answer(request, random), input)
  if (fault) throw new Error(`${request.kind}: ${fault}`)
  return input.length
}

export default {
  url: import.meta.url,
  full: 1_000_000,
  batch: 200_000,
  row: 1000,
  longest: 5,
  warm() {
    for (let each = 0; each < 1000; each++) one(randomFor(0, each), () => {})
  },
  begin(seed, first, tell) {
    let number = first
    return { next: () => one(randomFor(seed, number++), tell) }
  },
} satisfies Fuzzer
