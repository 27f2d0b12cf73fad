import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { availableParallelism, release } from 'node:os'
import { Argument, InvalidArgumentError, Option } from 'commander'
import { idOf } from '../../fs/lookup.ts'
import { permitRight } from '../../fs/render.ts'
import { openSystem } from '../../provider/index.ts'
import type { Machine } from '../../provider/minidump/streams.ts'
import { amounts, type Amount } from '../../provider/minidump/wanted.ts'
import { pieces, type Written } from '../../provider/minidump/write.ts'
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

/** All of it at a place of the file. */
const writeAt = (fd: number, bytes: Uint8Array, at: number): void => {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, at + done)
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

/** What was begun is removed where it cannot be ended. */
const dump = async (
  pid: number,
  file: string,
  options: DumpCommandOptions,
): Promise<number> => {
  const system = await openSystem(await sourceOf({ labels: true, ...options }))
  try {
    const target = system.process(pid)
    permitRight(target, caller, 'read')
    // it holds the memory of another: for nobody else to read
    const fd = openSync(file, options.force ? 'w' : 'wx', 0o600)
    try {
      const tell = progress()
      const steps = pieces(target, {
        amount: options.memory,
        machine: machine(),
        now: Math.floor(Date.now() / 1000),
      })
      let step = steps.next()
      for (; !step.done; step = steps.next()) {
        const { at, bytes, done, total } = step.value
        writeAt(fd, bytes, at)
        tell(done, total)
      }
      target.verify()
      target.close()
      write(summary(file, step.value))
      return 0
    } catch (error) {
      unlinkSync(file)
      throw error
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    complain(`cannot dump ${pid} to ${file}`, error)
    return 1
  } finally {
    system.close?.()
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
