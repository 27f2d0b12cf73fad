/** Where an argument of the command line points to, as names from the root. */
export interface Place {
  readonly names: readonly string[]
  /** It ended in a slash: only a directory will do. */
  readonly directory: boolean
}

/**
 * `/proc/1/maps`, `proc/1/maps` and `1/maps` are one place. So is what stands
 * after the last `/proc/` of a longer path: a path in a mount
 * (`mnt/proc/1/maps`, `P:\proc\1\maps`), or what MSYS makes of an argument
 * that begins with a slash (`C:/Program Files/Git/proc/1/maps`).
 */
export const placeOf = (argument: string): Place => {
  // the empty path names nothing, not /proc
  if (argument === '') return { names: [''], directory: false }
  const path = argument.replaceAll('\\', '/')
  const rooted = `/${path}/`
  const at = rooted.lastIndexOf('/proc/')
  const from =
    at !== -1 ? rooted.slice(at) : isRooted(path) ? path : `proc/${path}`
  return {
    names: from.split('/').filter(name => name !== '' && name !== '.'),
    directory: path.endsWith('/'),
  }
}

const isRooted = (path: string): boolean => /^(?:[A-Za-z]:)?\//.test(path)
