/**
 * A process of Node that waits as the programs of test/fixtures/c/windows do:
 *
 *     node waiting.js STOP
 *
 * It says its pid and `ready`, and ends when there is a file STOP.
 */
import { existsSync, writeSync } from 'node:fs'

const [stop = ''] = process.argv.slice(2)

writeSync(1, `pid ${process.pid}\nready\n`)
const timer = setInterval(() => {
  if (existsSync(stop)) clearInterval(timer)
}, 20)
