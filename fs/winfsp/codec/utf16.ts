/**
 * UTF-16LE, unit for unit: a Windows name may hold lone surrogates, which
 * TextDecoder would replace.
 */

/** String.fromCharCode takes its units as arguments: not too many at once. */
const chunk = 4096

/** The text of `[start, end)` bytes; an odd last byte is left out. */
export const getText = (view: DataView, start: number, end: number): string => {
  let text = ''
  let units: number[] = []
  for (let at = start; at + 2 <= end; at += 2) {
    units.push(view.getUint16(at, true))
    if (units.length < chunk) continue
    text += String.fromCharCode(...units)
    units = []
  }
  return text + String.fromCharCode(...units)
}

/** Writes a text, without NUL; the offset behind it. */
export const putText = (view: DataView, at: number, text: string): number => {
  for (let unit = 0; unit < text.length; unit++)
    view.setUint16(at + unit * 2, text.charCodeAt(unit), true)
  return at + text.length * 2
}
