import t from 'tap'
import { conformance } from './host.ts'

conformance(t, { name: 'fuse', caller: true, interrupts: true })
