import { writeSync } from 'node:fs'
import { availableParallelism, release } from 'node:os'
import { setImmediate as turn } from 'node:timers/promises'
import { Argument, InvalidArgumentError, Option } from 'commander'
import { idOf } from '../../fs/lookup.ts'
import { permitRight } from '../../fs/render.ts'
import { Errno } from '../../provider/errno.ts'
import { dumpIn, openSystem } from '../../provider/index.ts'
import type { Machine } from '../../provider/minidump/streams.ts'
import { amounts, type Amount } from '../../provider/minidump/wanted.ts'
import {
  pieces,
  type Piece,
  type Written,
} from '../../provider/minidump/write.ts'
import { Draft } from '../draft.ts'
import { caller } from '../inline.ts'
import { complain } from '../message.ts'
import { write } from '../stdout.ts'
import { examples, type Register } from './command.ts'
import { sourceOf, withProvider, type SourceOptions } from './options.ts'

interface DumpCommandOptions extends SourceOptions {
  readonly memory: Amount
  readonly force?: true
}

/** Names of SystemInfo by node's. */
const architectures: Readonly<Record<string, string>> = {
  ia32: 'x86',
  arm: 'arm',
  x64: 'x64',
  arm64: 'arm64',
}
const systems: Readonly<Record<string, string>> = {
  win32: 'Windows',
  linux: 'Linux',
}

/** This one; a process of it may be of another architecture (WoW64). */
const machine = (): Machine => {
  const [major = 0, minor = 0, build = 0] = release()
    .split(/[^0-9]/)
    .map(Number)
  return {
    architecture: architectures[process.arch] ?? process.arch,
    system: systems[process.platform] ?? process.platform,
    major,
    minor,
    build,
    processors: availableParallelism(),
  }
}

const sizeOf = (bytes: number): string =>
  bytes < 2 ** 20
    ? `${Math.ceil(bytes / 1024)} KiB`
    : `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** On a terminal, how far it is: written over itself, ten times a second. */
const progress = (): ((done: number, total: number) => void) => {
  if (!process.stderr.isTTY) return () => undefined
  let last = 0
  return (done, total) => {
    const now = performance.now()
    if (now - last < 100 && done < total) return
    last = now
    const end = done < total ? '' : '\n'
    writeSync(2, `\r\x1b[K${sizeOf(done)} of ${sizeOf(total)}${end}`)
  }
}

const summary = (
  file: string,
  { regions, threads, memory, missed }: Written,
): string =>
  [
    `${file}: ${regions} regions, ${threads} threads, ${sizeOf(memory)} of memory`,
    ...(missed > 0 ? [`${sizeOf(missed)} could not be read`] : []),
  ].join('; ') +
  '\nThe process was not suspended: unless it stood still, this is of no single moment.\n'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Milliseconds after which signals are heard. */
const hearing = 100

/** Writes all; a signal ends it with EINTR, and `caught` is told of that. */
const writeAll = async (
  draft: Draft,
  steps: Generator<Piece, Written, undefined>,
  caught: (signal: NodeJS.Signals) => void,
): Promise<Written> => {
  let signal: NodeJS.Signals | undefined
  const take = (name: NodeJS.Signals): void => {
    signal = name
  }
  for (const name of signals) process.on(name, take)
  try {
    const tell = progress()
    let heard = performance.now()
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
      const { at, bytes, done, total } = step.value
      draft.write(bytes, at)
      tell(done, total)
      if (performance.now() - heard < hearing) continue
      await turn()
      heard = performance.now()
      if (signal === undefined) continue
      caught(signal)
      throw new Errno('EINTR')
    }
  } finally {
    for (const name of signals) process.off(name, take)
  }
}

/**
 * What was begun is removed where it cannot be ended, and what it was to
 * replace stays. A signal ends this program when that is done.
 */
const dump = async (
  pid: number,
  file: string,
  options: DumpCommandOptions,
): Promise<number> => {
  const source = await sourceOf({ labels: true, ...options })
  let signal: NodeJS.Signals | undefined
  const system = await openSystem(source)
  try {
    if (dumpIn(source.provider) !== undefined)
      throw new Errno('EINVAL', 'It is a dump already')
    const target = system.process(pid)
    permitRight(target, caller, 'read')
    const draft = new Draft(file, options.force === true)
    let written: Written
    try {
      const steps = pieces(target, {
        amount: options.memory,
        machine: machine(),
        now: Math.floor(Date.now() / 1000),
      })
      written = await writeAll(draft, steps, name => (signal = name))
      target.verify()
      target.close()
    } catch (error) {
      draft.discard()
      throw error
    }
    draft.keep()
    write(summary(file, written))
    return 0
  } catch (error) {
    complain(`cannot dump ${pid} to ${file}`, error)
    return 1
  } finally {
    system.close?.()
    if (signal !== undefined) process.kill(process.pid, signal)
  }
}

const pidIn = (value: string): number => {
  const pid = idOf(value)
  if (pid === undefined) throw new InvalidArgumentError('It must be a pid.')
  return pid
}

export const registerDump: Register = (program, exit) => {
  withProvider(program.command('dump'))
    .description('Write a minidump of a process, which runs on meanwhile')
    .addArgument(new Argument('<pid>', 'its number').argParser(pidIn))
    .argument('<file>', 'what to write; it must not be there')
    .addOption(
      new Option('--memory <amount>', 'how much of it to record')
        .choices(amounts)
        .default('heaps'),
    )
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      examples(
        'winprocfs dump 1234 app.dmp',
        'winprocfs dump --memory full 1234 app.dmp',
        'winprocfs cat --dump app.dmp /proc/self/maps',
      ),
    )
    .action(async (pid: number, file: string, options: DumpCommandOptions) =>
      exit(await dump(pid, file, options)),
    )
}
