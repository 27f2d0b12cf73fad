import type { Handle, Handles } from '../../provider/minidump/handles.ts'

/** All of them, with their numbers. */
export const handlesIn = ({
  numbers,
  handle,
}: Handles): ({ handle: number } & Handle)[] =>
  [...numbers].map(number => ({
    handle: number,
    ...(handle(number) as Handle),
  }))
