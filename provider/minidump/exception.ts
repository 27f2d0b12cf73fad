import { exceptions, violations, withAddress } from '../nt/exception.ts'
import { MINIDUMP_EXCEPTION_STREAM } from '../nt/minidumpcrash.ts'
import type { Crash } from '../contract.ts'
import { placeOf, type Dump } from './directory.ts'
import { structureAt } from './source.ts'

/**
 * What Exception tells; EIO where the stream is not there. A dump that was
 * asked for without a crash may have one, too: of a breakpoint, or one of
 * Crashpad's own.
 */
export const exceptionOf = (dump: Dump): Omit<Crash, 'notes'> => {
  const of = MINIDUMP_EXCEPTION_STREAM
  const { at } = placeOf(dump, 'Exception', of.size)
  const exception = structureAt(dump.source, of, at)
  const code = exception.ExceptionCode
  const tried =
    withAddress.has(code) && exception.NumberParameters >= 2
      ? violations[Number(exception.ExceptionInformation0)]
      : undefined
  return {
    tid: exception.ThreadId,
    code,
    name: exceptions[code] ?? '',
    address: exception.ExceptionAddress,
    ...(tried && {
      tried: { how: tried, address: exception.ExceptionInformation1 },
    }),
  }
}
