import t from 'tap'
import { statFields, type Stat } from '../../../provider/contract.ts'
import { print } from '../../rig/document.ts'

/** Every field has a number of its own. */
const numbered = Object.fromEntries(
  statFields.map((field, index) => [field, 1000 + index]),
)

const full: Stat = { pid: 7, comm: 'cat', state: 'R', ...numbered }

const fieldsOf = (text: string): string[] =>
  text.slice(text.lastIndexOf(') ') + 2, -1).split(' ')

t.test('52 fields in the order of the kernel', t => {
  t.equal(
    print('stat', { stat: full }),
    `7 (cat) R ${statFields.map((_, index) => 1000 + index).join(' ')}\n`,
  )
  t.equal(statFields.length + 3, 52)
  t.end()
})

t.test('what the source does not know is 0', t => {
  const rest = Array(49).fill('0').join(' ')
  t.equal(
    print('stat', { stat: { pid: 7, comm: 'cat', state: 'Z' } }),
    `7 (cat) Z ${rest}\n`,
  )
  t.equal(print('stat', { pid: 7, comm: 'cat' }), `7 (cat) S ${rest}\n`)
  t.equal(print('stat', { pid: 7 }), `7 () S ${rest}\n`)
  t.end()
})

t.test('64 bits print whole', t => {
  const stat = { ...full, rsslim: 18446744073709551615n, tpgid: -1 }
  const fields = fieldsOf(print('stat', { stat }))
  t.equal(fields[22], '18446744073709551615')
  t.equal(fields[5], '-1')
  t.end()
})

t.test('a name prints as it is: the last parenthesis ends it', t => {
  for (const comm of ['a) R (b', 'a\nb\\c', ') ', '']) {
    const text = print('stat', { stat: { ...full, comm } })
    t.equal(text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')), comm)
    t.equal(fieldsOf(text).length, 50)
  }
  t.end()
})

t.test('addresses are hidden from who may not read the memory', t => {
  const told = fieldsOf(print('stat', { stat: full }))
  const hidden = fieldsOf(print('stat', { stat: full }, {}, false))
  const changed = told.flatMap((value, index) =>
    value === hidden[index] ? [] : [[statFields[index - 1], hidden[index]]],
  )
  t.same(changed, [
    ['startcode', '1'],
    ['endcode', '1'],
    ['startstack', '0'],
    ['kstkesp', '0'],
    ['kstkeip', '0'],
    ['wchan', '0'],
    ['start_data', '0'],
    ['end_data', '0'],
    ['start_brk', '0'],
    ['arg_start', '0'],
    ['arg_end', '0'],
    ['env_start', '0'],
    ['env_end', '0'],
    ['exit_code', '0'],
  ])
  t.end()
})

t.test('a kernel thread has no code, for nobody', t => {
  const stat = { ...full, startcode: 0, endcode: 0n }
  const { startcode, endcode } = Object.fromEntries(
    fieldsOf(print('stat', { stat }, {}, false))
      .slice(1)
      .map((value, index) => [statFields[index], value]),
  )
  t.same([startcode, endcode], ['0', '0'])
  t.end()
})
