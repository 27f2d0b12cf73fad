import { codeOf, Errno } from '../../provider/errno.ts'
import type { Operation, Reply } from './operations.ts'
import { refused } from './operations.ts'
import type { Callback, Handlers } from './package.ts'
import { failure } from './waiting.ts'

/** What a mount's handlers do around each operation. */
export interface Around {
  /** Whether the mount is still to serve: else all is ENODEV. */
  isOpen(): boolean
  /** Called after each operation. */
  done(): void
  log(line: string): void
}

/**
 * The package's handlers. Each ends its operation exactly once, whatever is
 * thrown: the package would leave the reader waiting where not even SIGKILL
 * ends it.
 */
export const handlersOf = (
  operations: { readonly [name: string]: Operation },
  { isOpen, done, log }: Around,
): Handlers => {
  const failed = (error: unknown): number => {
    const code = codeOf(error)
    if (code === undefined) log(`request: ${String(error)}`)
    return failure(code ?? 'EIO')
  }

  const attempt = (operation: Operation, args: unknown[]): Reply => {
    try {
      if (!isOpen()) throw new Errno('ENODEV')
      return operation(...(args as never[]))
    } catch (error) {
      return [failed(error)]
    }
  }

  const guarded =
    (operation: Operation) =>
    (...args: unknown[]): void => {
      const reply = attempt(operation, args)
      if (reply) (args.at(-1) as Callback)(...reply)
      done()
    }

  const refusals = Object.entries(refused).map(([name, code]) => [
    name,
    guarded(() => [failure(code)]),
  ])
  const answers = Object.entries(operations).map(([name, operation]) => [
    name,
    guarded(operation),
  ])
  return Object.fromEntries([...refusals, ...answers]) as Handlers
}
