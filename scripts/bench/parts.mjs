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

/** What the tests use too: `{ messages, systemDisk }`, the words of the window and the maker of disks with real files. */
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
  return import(pathToFileURL(outfile).href)
}

/** The counting sink of the tests and the bundled program that it starts: `{ startSink, program }`. */
export async function sinkParts(folder) {
  const options = { bundle: true, platform: 'node', target: 'node20', absWorkingDir: root, logLevel: 'error' }
  const program = join(folder, 'sink-program.mjs')
  await build({ ...options, format: 'esm', entryPoints: ['test/support/sink/program.ts'], outfile: program })
  const outfile = join(folder, 'sink.cjs')
  const entryPoints = ['test/support/sink.ts']
  // It asks for its own place only to bundle the program, which is done here.
  const define = { 'import.meta.url': '"file:///"' }
  await build({ ...options, format: 'cjs', entryPoints, outfile, external: ['esbuild'], define })
  const { startSink } = await import(pathToFileURL(outfile).href)
  return { startSink, program }
}

/** The program that reads a disk image as an upload does. */
export async function bundledReader(folder) {
  const outfile = join(folder, 'read-disk.cjs')
  const entryPoints = [fileURLToPath(new URL('read-disk.mjs', import.meta.url))]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20' })
  return outfile
}
