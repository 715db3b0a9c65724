import path from 'node:path'
import { build } from 'esbuild'

/** Bundles a TypeScript program of the tests into one file that plain Node runs; returns its path. */
export async function bundle(entry: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.mjs`)
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  return outfile
}
