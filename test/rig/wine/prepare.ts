/**
 * Gets into place what the suites under Wine need, ahead of them: Node for
 * Windows, koffi's build for it, a prefix. With a script, runs that:
 *
 *     node dist/test/rig/wine/prepare.js [SCRIPT ARGS…]
 *     node dist/test/rig/wine/prepare.js dist/test/wine/rig.js
 */
import { startWine } from '../wine.ts'

const [script, ...args] = process.argv.slice(2)
const wine = await startWine()
try {
  wine.nodePath()
  if (script !== undefined) {
    const { code, stdout, stderr } = await wine.node(script, args, {
      limit: 3600,
    })
    process.stdout.write(stdout)
    process.stderr.write(stderr)
    process.exitCode = code ?? 1
  }
} finally {
  await wine.end()
}
