/**
 * Loaded ahead of a program: once there is the file that WINPROCFS_EMIT names,
 * the program hears of the signal that is written there, as if Windows had
 * told it.
 */
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env['WINPROCFS_EMIT']

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

if (isMainThread && file !== undefined) {
  const timer = setInterval(() => {
    const signal = read(file)
    if (!signal.endsWith('\n')) return
    clearInterval(timer)
    process.emit(signal.trim() as NodeJS.Signals)
  }, 20)
  timer.unref()
}
