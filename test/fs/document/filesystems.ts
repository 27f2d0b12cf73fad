import t from 'tap'
import { printSystem } from '../../rig/document.ts'

t.test('a type that needs no device says so', t => {
  const filesystems = [
    { name: 'proc', nodev: true },
    { name: 'ext4', nodev: false },
  ]
  t.equal(printSystem('filesystems', { filesystems }), 'nodev\tproc\n\text4\n')
  t.equal(printSystem('filesystems', {}), '')
  t.end()
})
