import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const imports = /^(?:import|export)(?!\s+type\b)[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm

/** What a file needs before its first line runs: its static imports, those of types left out, and theirs. */
function needed(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen
  const names = [...readFileSync(file, 'utf8').matchAll(imports)].map((found) => found[1] ?? found[2]!)
  seen.set(file, names)
  const local = names.map((name) => `${path.resolve(path.dirname(file), name)}.ts`)
  for (const next of local.filter((name) => existsSync(name))) needed(next, seen)
  return seen
}

it.each([
  ['src/main/index.ts', 'disk-upload.ts'],
  ['src/main/cli.ts', 'io.ts'],
  ['src/main/commands/run.ts', 'disk-upload.ts'],
  ['src/main/commands/upload.ts', 'uploads.ts'],
  ['src/main/upload/entry.ts', 'transport.ts'],
])('%s starts without any of Azure’s libraries', (entry, known) => {
  const files = [...needed(path.resolve(entry))]
  // Otherwise the walk itself has gone wrong.
  expect(files.map(([file]) => path.basename(file))).toContain(known)
  const early = files.filter(([, names]) => names.some((name) => name.startsWith('@azure/')))
  expect(early.map(([file]) => path.relative('.', file))).toEqual([])
})

it.each(['src/main/cli.ts', 'src/main/commands/upload.ts'])('%s starts without the steps of a run', (entry) => {
  const files = [...needed(path.resolve(entry)).keys()].map((file) => path.relative('.', file))
  expect(files.filter((file) => /^src[\\/]main[\\/](?:steps|engine[\\/]engine|studio)/.test(file))).toEqual([])
})
