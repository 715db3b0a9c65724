import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'

type Import = { from: string; to: string; isType: boolean }

// Who may import whom. A file belongs to the first folder here that contains it; `src/main` is what lies there directly, and wires everything.
const mayUse: Record<string, string[]> = {
  'src/shared': ['src/shared'],
  'src/preload': ['src/shared'],
  'src/renderer': ['src/shared', 'src/renderer'],
  'src/main/engine': ['src/shared', 'src/main/engine'],
  'src/main/net': ['src/shared', 'src/main/net'],
  'src/main/azure': ['src/shared', 'src/main/azure', 'src/main/net'],
  'src/main/sessions': ['src/shared', 'src/main/sessions', 'src/main/net'],
  'src/main/disks': ['src/shared', 'src/main/disks'],
  'src/main/upload': ['src/shared', 'src/main/upload', 'src/main/disks', 'src/main/net'],
  'src/main/steps': [
    'src/shared',
    ...['engine', 'steps', 'azure', 'disks', 'sessions', 'upload'].map((name) => `src/main/${name}`),
  ],
  'src/main/report': ['src/shared', 'src/main/report'],
  'src/main/practice': ['src/shared', 'src/main/disks', 'src/main/practice'],
  'src/main/commands': [
    'src/shared',
    ...['commands', 'engine', 'steps', 'azure', 'disks', 'sessions', 'upload', 'net'].map((name) => `src/main/${name}`),
    'src/main',
  ],
  'src/main': [
    'src/shared',
    ...['commands', 'engine', 'steps', 'azure', 'disks', 'sessions', 'upload', 'net', 'report'].map(
      (name) => `src/main/${name}`,
    ),
    'src/main',
  ],
}

const electronFiles = [
  'src/preload/index.ts',
  'src/preload/desktop.ts',
  ...[
    'index',
    'awake',
    'window',
    'page',
    'serve',
    'handlers',
    'files-handlers',
    'menu',
    'secrets',
    'sign-in-window',
    'recipe-handlers',
    'settings-handlers',
    'upkeep-handlers',
    'notices',
    'closing',
    'desktop-view',
    'session-handlers',
    'desktop-handlers',
    'file-dialogs',
  ].map((name) => `src/main/${name}.ts`),
]

const files = (readdirSync('src', { recursive: true }) as string[])
  .map((name) => posix.join('src', name.replaceAll('\\', '/')))
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.d.ts'))
const imports = files.flatMap(importsOf)

describe('the architecture', () => {
  it('is read from real files', () => {
    expect(imports).toContainEqual({ from: 'src/shared/run.ts', to: 'zod', isType: false })
    expect(files.map(layerOf)).toEqual(
      expect.arrayContaining(['src/shared', 'src/main/azure', 'src/renderer', 'src/main']),
    )
    expect(
      importsIn('a.ts', "import type { A } from './b'\nconst c = await import('d')\nexport { e } from 'f/g'"),
    ).toEqual([
      { from: 'a.ts', to: 'b', isType: true },
      { from: 'a.ts', to: 'd', isType: false },
      { from: 'a.ts', to: 'f/g', isType: false },
    ])
  })

  it('has every file in a layer that is listed', () => {
    expect(files.filter((file) => layerOf(file) === undefined)).toEqual([])
  })

  it('lets a layer import only the layers it is built on', () => {
    expect(own().filter(({ from, to }) => !mayUse[layerOf(from)!]!.includes(layerOf(to)!))).toEqual([])
  })

  it('gives the preload only the types of shared code: it must stay tiny', () => {
    expect(own().filter(({ from, isType }) => layerOf(from) === 'src/preload' && !isType)).toEqual([])
  })

  it('imports Electron only where windows, menus and secrets are made', () => {
    expect(importers('electron').filter((file) => !electronFiles.includes(file))).toEqual([])
  })

  it('keeps the command line and the practice cloud free of Electron, however far their imports reach', () => {
    const reached = [...reachableFrom(['src/main/cli.ts', 'src/main/practice/index.ts', 'src/main/upload/entry.ts'])]
    expect(reached).toEqual(
      expect.arrayContaining(['src/main/cli.ts', 'src/main/practice/index.ts', 'src/shared/run.ts']),
    )
    expect(importers('electron').filter((file) => reached.includes(file))).toEqual([])
  })

  it('imports Azure libraries only below the steps', () => {
    const allowed = ['src/main/azure', 'src/main/net', 'src/main/upload']
    const users = imports.filter(({ to, isType }) => to.startsWith('@azure/') && !isType).map(({ from }) => from)
    expect(users.filter((file) => !allowed.includes(layerOf(file)!))).toEqual([])
  })

  it('leaves Node out of what also runs in the window', () => {
    const both = ['src/shared', 'src/renderer', 'src/preload']
    expect(imports.filter(({ from, to }) => to.startsWith('node:') && both.includes(layerOf(from)!))).toEqual([])
  })
})

/** Imports of our own files, with the file they resolve to. */
function own(): Import[] {
  return imports.filter(({ to }) => to.startsWith('src/') && /\.(ts|svelte)$/.test(to))
}

function importers(name: string): string[] {
  return [...new Set(imports.filter(({ to, isType }) => to === name && !isType).map(({ from }) => from))]
}

function reachableFrom(entries: string[]): Set<string> {
  const reached = new Set<string>()
  const open = [...entries]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    open.push(
      ...own()
        .filter(({ from, isType }) => from === file && !isType)
        .map(({ to }) => to),
    )
  }
  return reached
}

function layerOf(file: string): string | undefined {
  return Object.keys(mayUse).find((layer) =>
    layer === 'src/main' ? dirname(file) === layer : file.startsWith(`${layer}/`),
  )
}

function importsOf(file: string): Import[] {
  return importsIn(file, readFileSync(join(file), 'utf8'))
}

function importsIn(file: string, text: string): Import[] {
  const statements = text.matchAll(/^\s*(?:import|export)(\s+type\b)?(?:[^'"`;]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)(\.[A-Z])?/g)
  return [
    ...[...statements].map(([, isType, to]) => ({ from: file, to: resolve(file, to!), isType: isType !== undefined })),
    // `import('x').Name` in a type is no import at run time.
    ...[...calls].map(([, to, isType]) => ({ from: file, to: resolve(file, to!), isType: isType !== undefined })),
  ].sort((left, right) => (left.to < right.to ? -1 : 1))
}

function resolve(file: string, to: string): string {
  if (!to.startsWith('.')) return to
  const path = posix.join(posix.dirname(file), to)
  return [`${path}.ts`, path, `${path}/index.ts`].find((candidate) => existsSync(candidate)) ?? path
}
