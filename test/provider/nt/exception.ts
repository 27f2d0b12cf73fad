import t from 'tap'
import {
  exceptions,
  violations,
  withAddress,
} from '../../../provider/nt/exception.ts'

t.test('codes have the names of winnt.h and ntstatus.h', t => {
  const table = [
    [0xc000_0005, 'EXCEPTION_ACCESS_VIOLATION'],
    [0xc000_0409, 'STATUS_STACK_BUFFER_OVERRUN'],
    [0x8000_0003, 'EXCEPTION_BREAKPOINT'],
    [0xe06d_7363, 'EXCEPTION_MSVC_CPP'],
    [0x1234, undefined],
  ] as const
  for (const [code, name] of table) t.equal(exceptions[code], name)
  t.ok([...withAddress].every(code => exceptions[code] !== undefined))
  t.same(violations, { 0: 'read', 1: 'write', 8: 'execute' })
  t.end()
})
