import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Stop } from '../setup/say.mjs'
import { figure } from './numbers.mjs'

// Names that Azure's libraries carry in their user agents and logs, which no minifier takes away.
const marks = ['azsdk-js', 'core-rest-pipeline', 'storage-blob', 'arm-batch', 'arm-compute', 'msal']

/**
 * What our main process had loaded when its window was painted, as lines of text. Throws Stop when one of Azure's libraries is among it,
 * or when that can no longer be told because a mark is found in no chunk at all.
 */
export function describeLoaded(loaded, studio) {
  const main = join(studio, 'out', 'main')
  const own = loaded.filter((file) => file.startsWith(main))
  if (!own.includes(join(main, 'index.cjs'))) throw new Stop(`index.cjs is not among the loaded files: ${loaded}`)
  const chunks = readdirSync(join(main, 'chunks')).map((name) => join(main, 'chunks', name))
  const text = (file) => readFileSync(file, 'utf8')
  const blind = marks.filter((mark) => !chunks.some((file) => text(file).includes(mark)))
  if (blind.length > 0)
    throw new Stop(`No chunk contains ${blind.join(', ')}: the search for Azure's libraries is blind.`)
  const sum = (files) => files.reduce((bytes, file) => bytes + statSync(file).size, 0) / 1024
  const lines = [
    `Loaded by the main process until the first paint: ${figure(sum(own))} KiB in ${own.length} files`,
    ...own.map((file) => `  ${figure(sum([file])).padStart(6)} KiB  ${relative(main, file).replaceAll('\\', '/')}`),
    `  of ${figure(sum([join(main, 'index.cjs'), ...chunks]))} KiB in ${chunks.length + 1} files of index.cjs and all chunks`,
  ]
  const early = own.flatMap((file) => marks.filter((mark) => text(file).includes(mark)).map((mark) => ({ file, mark })))
  if (early.length > 0) {
    const named = early.map(({ file, mark }) => `${relative(main, file)} (${mark})`)
    throw new Stop([...lines, `Azure's libraries are loaded at start: ${named.join(', ')}`].join('\n'))
  }
  return [...lines, `None of Azure's libraries is among them (${marks.join(', ')}: each found in later chunks only).`]
}
