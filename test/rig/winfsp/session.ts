/** A drive of a few processes, whose driver is a model of it. */
import type { Test } from 'tap'
import { Outside, Refusal, type Drive, type Program } from './client.ts'
import { Model, tokens, type Options } from './model.ts'

export const status = {
  noMoreRights: 0xc0000022,
  nameNotFound: 0xc0000034,
  pathNotFound: 0xc000003a,
  writeProtected: 0xc00000a2,
  isDirectory: 0xc00000ba,
  notDirectory: 0xc0000103,
  nameInvalid: 0xc0000033,
  collision: 0xc0000035,
  timeout: 0xc00000b5,
  cannotDelete: 0xc0000121,
  noLink: 0xc0000275,
  ioError: 0xc0000185,
} as const

export const page = 4096

export interface Rig {
  readonly model: Model
  readonly drive: Drive
  readonly program: Program
}

/** A drive of a few processes; what environ says is counted. */
export const rig = async (
  options: Omit<Options, 'facts'> = {},
): Promise<Rig> => {
  let count = 0
  const letter = (): string => String.fromCharCode(97 + (count++ % 26))
  const model = new Model({
    ...options,
    facts: {
      version: 'Linux version 1',
      processes: [
        {
          pid: 10,
          threads: [{ tid: 10 }, { tid: 11, comm: 'second' }],
          comm: 'ten',
          cmdline: 'a\0b\0',
          environ: () => letter().repeat(3 * page),
          exe: 'C:\\Windows\\ten.exe',
          cwd: '\\\\server\\share',
          root: 'C:\\',
          memory: [{ at: 0x1000, bytes: Buffer.from('memory') }],
          files: new Map([
            [4, { target: 'Event:[4]', access: 3 }],
            [8, { target: 'C:\\Windows\\x', access: 1, info: 'pos:\t0\n' }],
          ]),
        },
        { pid: 20, comm: 'twenty', exe: 'C:\\a\\..\\b', cwd: 'C:\\x:y' },
        ...Array.from({ length: 40 }, (_, n) => ({ pid: 100 + n })),
      ],
    },
  })
  const drive = await model.drive()
  return { model, drive, program: drive.program({ token: tokens.all }) }
}

/** The NTSTATUS that something ends with. */
export const statusOf = (act: Promise<unknown>): Promise<number> =>
  act.then(
    () => 0,
    (error: unknown) => {
      if (error instanceof Refusal) return error.status
      throw error
    },
  )

export const outside = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'inside',
    (error: unknown) => {
      if (error instanceof Outside) return error.target
      throw error
    },
  )

export const environ = '\\proc\\10\\environ'

export const letterOf = (bytes: Uint8Array): string =>
  [...new Set(Buffer.from(bytes).toString())].join('')

/** At the end of a test: nothing is left, nothing went wrong. */
export const isClean = (t: Test, { model }: Rig): void => {
  t.same(model.faults, [])
  t.same(model.lines, [])
  t.equal(model.given, 0)
  t.same(model.session.held, { nodes: 0, files: 0, directories: 0 })
  t.equal(model.kept.size, 0, 'no token is kept')
}
