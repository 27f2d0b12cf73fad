import type { System } from '../../provider/contract.ts'

/** Seconds since boot, and idle ones (fs/proc/uptime.c): `%.2f %.2f`. */
export function* uptime(system: System): Generator<string> {
  const { up, idle } = system.uptime?.() ?? { up: 0, idle: 0 }
  yield `${up.toFixed(2)} ${idle.toFixed(2)}\n`
}
