import t from 'tap'
import { conformance } from './host.ts'

conformance(t, { name: 'fuse-native', caller: false, interrupts: false })
