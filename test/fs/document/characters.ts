import t from 'tap'
import {
  cygwinCharacters,
  linuxCharacters,
} from '../../../fs/document/characters.ts'
import { access, allocation, region } from '../../fixtures/regions.ts'

/** Access, then what a private, an image and a mapped region print. */
const table: readonly (readonly [string, string, string])[] = [
  // as Linux            as Cygwin
  ['', '---p ---p ---s', '---p ---p ---s'],
  ['r', 'r--p r--p r--s', 'r--p r--p r--s'],
  ['rw', 'rw-p rw-p rw-s', 'rw-p rw-p rw-s'],
  ['x', '--xp --xp --xs', '--xp --xp --xs'],
  ['rx', 'r-xp r-xp r-xs', 'r-xp r-xp r-xs'],
  ['rwx', 'rwxp rwxp rwxs', 'rwxp rwxp rwxs'],
  // only Linux has it: PROT_WRITE alone
  ['w', '-w-p -w-p -w-s', '-w-p -w-p -w-s'],
  // PAGE_WRITECOPY, PAGE_EXECUTE_WRITECOPY, however they are told
  ['rwc', 'rw-p rw-p rw-p', 'rw-p rw-p rw-p'],
  ['c', 'rw-p rw-p rw-p', 'rw-p rw-p rw-p'],
  ['rwxc', 'rwxp rwxp rwxp', 'rwxp rwxp rwxp'],
  // PAGE_GUARD beside another
  ['rwg', '---p ---p ---s', 'rw-g rw-g rw-s'],
  ['rg', '---p ---p ---s', 'r--g r--g r--s'],
  ['rwcg', '---p ---p ---p', 'rw-g rw-g rw-g'],
  ['reserve', '---p ---p ---s', '===p ===p ===s'],
]

t.test('four characters for every access of every type', t => {
  for (const [word, linux, cygwin] of table) {
    const regions = (['private', 'image', 'mapped'] as const).flatMap(type =>
      allocation(0x1000, [[0x1000, word]], { type }),
    )
    t.equal(regions.map(linuxCharacters).join(' '), linux, word)
    t.equal(regions.map(cygwinCharacters).join(' '), cygwin, word)
  }
  t.end()
})

t.test('what is reserved has no access, whatever the source says', t => {
  for (const word of ['', 'rw', 'rwc', 'rwg', 'rwxcg']) {
    const reserved = region(0x1000, 0x2000, {
      state: 'reserve',
      type: 'mapped',
      access: access(word),
    })
    t.equal(linuxCharacters(reserved), '---s')
    t.equal(cygwinCharacters(reserved), '===s')
  }
  t.end()
})

t.test('bits that have no meaning print nothing', t => {
  const odd = region(0x1000, 0x2000, { access: access('rw') | 0xe0 })
  t.equal(linuxCharacters(odd), 'rw-p')
  t.equal(cygwinCharacters(odd), 'rw-p')
  t.end()
})
