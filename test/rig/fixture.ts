import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { compile, type Built } from './cc.ts'

const folder = resolve(import.meta.dirname, '../../../test/fixtures/c')

/** Compiles test/fixtures/c/<name>.c. */
export const fixture = (name: string, ...flags: readonly string[]): Built =>
  compile(readFileSync(`${folder}/${name}.c`, 'utf8'), ...flags)

/** A program that has said "ready" and waits for its stdin to end. */
export interface Running {
  readonly pid: number
  /** What it said before. */
  readonly lines: readonly string[]
  /** Ends its stdin, and comes back when it has exited. */
  end(): Promise<void>
}

/** Starts a program; without `ready` it is taken to be so at once. */
export const start = async (
  path: string,
  args: readonly string[] = [],
  { ready = true, cwd }: { ready?: boolean; cwd?: string } = {},
): Promise<Running> => {
  const child = spawn(path, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(cwd !== undefined && { cwd }),
  })
  await once(child, 'spawn')
  const exited = once(child, 'exit')
  const lines: string[] = []
  if (ready) {
    for await (const line of createInterface(child.stdout)) {
      if (line === 'ready') break
      lines.push(line)
    }
    if (child.exitCode !== null) throw new Error(`${path} ended early`)
  }
  return {
    pid: child.pid as number,
    lines,
    end: async () => {
      child.stdin.end()
      await exited
    },
  }
}
