import { doctor, type Asked, type Row } from '../../install/doctor.ts'
import { write } from '../stdout.ts'
import { examples, type Register } from './command.ts'

const words = new Map<Row['ok'], string>([
  [true, 'ok'],
  ['optional', 'optional'],
  ['warning', 'warning'],
  [false, 'missing'],
])

/** One row a line, in columns; the remedy under what needs one. */
export const printRows = (rows: readonly Row[]): string => {
  const width = Math.max(...rows.map(({ name }) => name.length))
  return rows
    .map(({ name, ok, detail, remedy }) => {
      const word = (words.get(ok) as string).padEnd(8)
      const line = `${word}  ${name.padEnd(width)}  ${detail}\n`
      const under = ' '.repeat(8 + 2 + width + 2)
      return remedy === undefined ? line : `${line}${under}remedy: ${remedy}\n`
    })
    .join('')
}

/** What needs koffi, which may be just what is missing here. */
const ask = async (): Promise<Asked> => {
  try {
    const { loadPackage } = await import('../../fs/fuse-native/load.ts')
    const { staleMounts } = await import('../../fs/fuse/mountpoint.ts')
    return { stale: staleMounts, loadFuseNative: () => void loadPackage() }
  } catch (error) {
    const loadFuseNative = (): never => {
      throw error
    }
    return { stale: () => [], loadFuseNative }
  }
}

export const registerDoctor: Register = (program, exit) => {
  program
    .command('doctor')
    .description('Tell what this machine has, what is missing, and the remedy')
    .option('--json', 'as an array of { name, ok, detail, remedy }')
    .addHelpText(
      'after',
      examples('winprocfs doctor', 'winprocfs doctor --json'),
    )
    .action(async ({ json }: { json?: true }) => {
      const rows = doctor(await ask())
      write(json ? `${JSON.stringify(rows, null, 2)}\n` : printRows(rows))
      exit(rows.some(({ ok }) => ok === false) ? 1 : 0)
    })
}
