/**
 * A process on Windows that reads files of a drive, by the control channel of
 * the stand-in: the requests have its own pid.
 *
 *     node asker.js PORT MARK PATH…
 *
 * It says as JSON its pid and what it read; MARK is there for its command line.
 */
import { writeSync } from 'node:fs'
import { Drive } from './client.ts'
import { Driver } from './driver.ts'

/** What it says. */
export interface Asked {
  readonly pid: number
  readonly texts: readonly string[]
}

const [port, , ...paths] = process.argv.slice(2)

const driver = await Driver.connect(Number(port))
const program = (await Drive.on(driver)).program({ pid: process.pid })
const texts: string[] = []
for (const path of paths) texts.push(String(await program.readFile(path)))
driver.close()

const { pid } = process
writeSync(1, `${JSON.stringify({ pid, texts } satisfies Asked)}\n`)
