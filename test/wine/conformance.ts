/** What the tree relies on, of a live Windows. */
import t from 'tap'
import { open } from '../../provider/windows/index.ts'
import { conformance } from '../conformance/provider.ts'

conformance(t, 'windows', open)
