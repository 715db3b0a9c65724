import { existsSync } from 'node:fs'
import path from 'node:path'

/**
 * A program of ours that runs on its own, such as `xray.cjs`: it lies beside the running code or above it where that
 * is a chunk; tests run the sources, below whose root it is built into out/main.
 */
export function builtProgram(name: string): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const found = [path.join(folder, name), path.join(folder, 'out', 'main', name)].find((file) => existsSync(file))
    if (found) return found
    if (folder === path.dirname(folder)) throw new Error(`${name} is missing: npm run build makes it`)
  }
}
