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

/** What such a program is started with: nothing secret; and the wish that Electron, inside which it is the program, behaves as Node. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const open = Object.entries(process.env).filter(([name]) => !/^(AZURE_|BIS_)/.test(name))
  return { ...Object.fromEntries(open), ELECTRON_RUN_AS_NODE: '1' }
}
