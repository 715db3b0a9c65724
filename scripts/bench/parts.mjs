import { build } from 'esbuild'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { root } from '../setup/paths.mjs'

/** Copies the built app into `folder`: a build that somebody starts meanwhile must not change what is measured. Returns its folder. */
export function copyOfApp(folder) {
  const app = join(folder, 'studio')
  mkdirSync(app)
  cpSync(join(root, 'out'), join(app, 'out'), { recursive: true })
  cpSync(join(root, 'package.json'), join(app, 'package.json'))
  return app
}

/** The empty app and the script that is loaded into both, in CommonJS: `{ empty, probe }`. */
export async function makePeers(folder) {
  const here = (name) => fileURLToPath(new URL(name, import.meta.url))
  const empty = join(folder, 'empty')
  const probe = join(folder, 'first-paint.cjs')
  const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['electron'] }
  await build({ ...options, entryPoints: [here('first-paint.mjs')], outfile: probe })
  await build({ ...options, entryPoints: [here('empty-app.mjs')], outfile: join(empty, 'main.cjs') })
  writeFileSync(join(empty, 'package.json'), JSON.stringify({ name: 'empty', version: '0.0.0', main: 'main.cjs' }))
  return { empty, probe }
}

/** What the tests use too: `{ messages, disk }`, the words of the window and a disk of 1 GiB with 120 MiB of real files. */
export async function testParts(folder) {
  const outfile = join(folder, 'test-parts.mjs')
  const contents = `
    export { systemDisk } from './test/support/disks'
    export { messages } from './src/shared/messages/messages'`
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  })
  const { messages, systemDisk } = await import(pathToFileURL(outfile).href)
  return { messages, disk: await systemDisk({ sizeMiB: 1024, systemMiB: 120 }) }
}
