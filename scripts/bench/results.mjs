import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../setup/paths.mjs'
import { markdownOf, rowsTable } from './numbers.mjs'

const folder = join(root, 'bench-results')

/** Writes everything that was measured as JSON, and what was printed as Markdown; returns the latter's name. */
export function writeResults({ rows, tables, about, troubles, parts, rounds, measured }) {
  mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const name = join(folder, `${at.replaceAll(/[:.]/g, '-')}-${parts.join('-')}`)
  const failures = [...troubles].map(([what, reason]) => `- ${what}: ${reason.split('\n')[0]}`)
  const markdown = [
    `# Measured at ${at}, ${rounds} rounds`,
    ...about,
    ...tables.flatMap((one) => [`## ${one.title}`, markdownOf(one).join('\n')]),
    ...(rows.length > 0 ? ['## Targets', markdownOf(rowsTable(rows)).join('\n')] : []),
    ...(failures.length > 0 ? ['## Did not run', failures.join('\n')] : []),
  ]
  writeFileSync(`${name}.md`, `${markdown.join('\n\n')}\n`)
  writeFileSync(`${name}.json`, JSON.stringify({ at, about, rows, troubles: [...troubles], measured }, null, 1))
  return relative(root, `${name}.md`)
}
