#!/usr/bin/env node
import { CommanderError } from 'commander'
import { log } from './log.ts'
import { textOfError } from './message.ts'
import { program } from './program.ts'
import { WriteError } from './stdout.ts'

/** 0: all went well; 1: something failed, and was told; 2: wrong usage. */
const main = async (): Promise<number> => {
  let code = 0
  if (process.argv.length < 3) {
    log("no command given; 'winprocfs --help' lists them")
    return 2
  }
  try {
    await program(told => (code = told)).parseAsync()
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode && 2
    if (error instanceof WriteError)
      log(`write error: ${textOfError(error.cause)}`)
    else log(textOfError(error))
    return 1
  }
}

process.exitCode = await main()
