import { app } from 'electron'
import { existsSync, readFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Stands in for the default_app.asar of an Electron download: starts the app whose folder is named on the command line.
// Follows default_app/main.ts of electron/electron as far as `electron .` and Playwright need it.
const { file, preload } = readArguments(process.argv.slice(1))
if (preload.length > 0) Module._preloadModules(preload)
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
await start(resolve(file))

function readArguments(words) {
  const preload = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]
    if (word === '--version' || word === '-v') {
      process.stdout.write(`v${process.versions.electron}\n`)
      process.exit(0)
    }
    if (word === '-r' || word === '--require') {
      at += 1
      preload.push(words[at])
    } else if (!word.startsWith('-')) {
      return { file: word, preload }
    }
  }
  process.stderr.write('Name the folder of the app to start.\n')
  process.exit(1)
}

async function start(folder) {
  const description = join(folder, 'package.json')
  if (existsSync(description)) {
    const { name, productName, version, desktopName } = JSON.parse(readFileSync(description, 'utf8'))
    if (version) app.setVersion(version)
    app.name = productName ?? name ?? app.name
    app.setDesktopName(desktopName ?? `${app.name}.desktop`)
    if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(app.getPath('appData'), app.name))
    app.setAppPath(folder)
  }
  try {
    await import(pathToFileURL(createRequire(import.meta.url).resolve(folder)).href)
  } catch (error) {
    process.stderr.write(`The app could not be started: ${error.stack}\n`)
    process.exit(1)
  }
}
