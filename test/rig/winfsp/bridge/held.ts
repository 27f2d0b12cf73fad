/**
 * A process that has a bridge, to be killed:
 *
 *     node held.js PORT
 *
 * It says where the bridge is and which process serves it, and waits.
 */
import { bridgeTo } from '../bridge.ts'

const { point, pid } = await bridgeTo(Number(process.argv[2]))
console.log(JSON.stringify({ point, pid }))
setInterval(() => {}, 1000)
