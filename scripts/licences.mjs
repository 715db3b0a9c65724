import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './setup/paths.mjs'

// Collects the licences of every package whose code can be in `out/` into resources/third-party-licences.txt.
// A bundle holds at most what our sources import and everything that those packages depend on. `--list` prints that list as JSON instead.

const target = join(root, 'resources', 'third-party-licences.txt')

// Bundled by scripts/build-azurite.mjs or put beside the program by electron.vite.config.ts, not imported by any source.
const bundledPrograms = ['azurite', '7z-wasm']

const introduction = `Batch Image Studio contains code of the packages below, and code that they contain or depend on.
The licences of Electron and Chromium come with the program as LICENSE.electron.txt and LICENSES.chromium.html.
Written by: node scripts/licences.mjs`

const packages = [...closure([...importedPackages(), ...bundledPrograms]).values()].sort(byName)
if (process.argv.includes('--list')) {
  process.stdout.write(
    `${JSON.stringify(packages.map(({ name, version, licence }) => ({ name, version, licence })))}\n`,
  )
} else {
  writeFileSync(target, document(packages))
  process.stdout.write(`${packages.length} packages in ${target}\n`)
}

/** The packages that a file in src/ imports for more than their types. */
function importedPackages() {
  const found = new Set()
  const folder = join(root, 'src')
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => /\.(ts|svelte|css)$/.test(name))) {
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, isType, name] of text.matchAll(
      /(?:^|[;\s])(?:@?import|export)(\s+type\b)?[^'"`;]*?['"]([^'"]+)['"]/gm,
    )) {
      if (!isType && /^(@[a-z]|[a-z])/.test(name) && !/^(node:|electron$|data:)/.test(name)) found.add(packageOf(name))
    }
  }
  return [...found].filter((name) => existsSync(join(root, 'node_modules', name)))
}

function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The packages and all that they depend on, by `name@version`. */
function closure(names) {
  const found = new Map()
  const open = names.map((name) => folderOf(name, root))
  while (open.length > 0) {
    const folder = open.pop()
    if (folder === null) continue
    const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const key = `${description.name}@${description.version}`
    if (found.has(key) || description.name.startsWith('@types/')) continue
    found.set(key, {
      name: description.name,
      version: description.version,
      licence: licenceOf(description),
      folder,
      description,
    })
    for (const name of Object.keys({ ...description.dependencies, ...description.peerDependencies })) {
      open.push(folderOf(name, folder))
    }
  }
  return found
}

/** Where Node would find a package from a folder; null for an optional peer that is not installed. */
function folderOf(name, from) {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return folder
  return from === root || dirname(from) === from ? null : folderOf(name, dirname(from))
}

function licenceOf({ license, licenses }) {
  if (typeof license === 'string') return license
  if (license?.type) return license.type
  return Array.isArray(licenses) ? licenses.map((one) => one.type ?? one).join(' OR ') : 'not stated'
}

function document(all) {
  const byText = new Map()
  for (const one of all) {
    const text = licenceText(one)
    byText.set(text, [...(byText.get(text) ?? []), one])
  }
  const sections = [...byText].map(([text, ones]) => `${ones.map(heading).join('\n')}\n\n${text}`)
  return [introduction, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n'
}

function heading({ name, version, licence }) {
  return `${name} ${version} (${licence})`
}

function licenceText({ folder, licence, description }) {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^((unrar)?licen[cs]e|copying|notice|third.?party)/i.test(entry.name))
    .map((entry) => entry.name)
    .sort()
  if (files.length > 0) return files.map((name) => tidy(readFileSync(join(folder, name), 'utf8'))).join('\n\n')
  const author = typeof description.author === 'string' ? description.author : description.author?.name
  const repository = typeof description.repository === 'string' ? description.repository : description.repository?.url
  return [`The package contains no licence text. Its package.json names: ${licence}.`, author, repository]
    .filter(Boolean)
    .join('\n')
}

function tidy(text) {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .trim()
}

function byName(left, right) {
  return left.name < right.name || (left.name === right.name && left.version < right.version) ? -1 : 1
}
