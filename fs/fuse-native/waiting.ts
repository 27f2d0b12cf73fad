import type { Answer } from '../host.ts'
import type { Request } from '../openfile.ts'
