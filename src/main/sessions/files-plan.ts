import type { Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../shared/errors'
import type { TransferNote } from '../../shared/files-calls'
import { inFolder, nameOf } from '../../shared/remote-paths'
import { localReadError } from './files-errors'
import { fittingName, isOneName, isReadable, keyOf, numbered, ownRules, type NameRules } from './files-names'
import type { Attributes, Sftp } from './files-sftp'

export type PlannedFile = {
  from: string
  to: string
  sizeBytes: number
  /** Permissions; null where this computer has none. */
  mode: number | null
  modifiedS: number
  isDone: boolean
}
export type Plan = { folders: string[]; files: PlannedFile[]; notes: TransferNote[] }
/** What is done with names that are there already. */
export type Existing = 'ask' | 'replace' | 'keepBoth'
/** Either what to do, or the names that a person has to decide about. */
export type Planned = { plan: Plan } | { exists: string[] }

const fileLimit = 500_000
const depthLimit = 200

/**
 * What an upload of files and folders of this computer into a folder of the VM consists of. Links inside of folders are left out: what
 * they point to need not exist over there. Throws AppError `file.not-found`, `file.unreadable`, `files.*`.
 */
export async function planUpload(
  sftp: Sftp,
  paths: readonly string[],
  to: string,
  { existing, rules }: { existing: Existing; rules: NameRules },
): Promise<Planned> {
  const plan: Plan = { folders: [], files: [], notes: [] }
  const place = createPlace(plan, { existing, rules, look: (name) => sftp.look(inFolder(to, name)) })
  for (const path of paths) {
    const found = await statLocal(path)
    const name = await place.nameFor(basename(path), found.isDirectory())
    if (name === null) continue
    if (found.isDirectory()) await addLocal(plan, path, inFolder(to, name), rules, 0)
    else plan.files.push(localFile(path, inFolder(to, name), found))
  }
  return place.answer()
}

/** The same of one file or folder, to lie under exactly this path. Throws AppError `file.not-found`, `file.unreadable`, `files.*`. */
export async function planTo(from: string, to: string, rules: NameRules): Promise<Plan> {
  const plan: Plan = { folders: [], files: [], notes: [] }
  const found = await statLocal(from)
  if (found.isDirectory()) await addLocal(plan, from, to, rules, 0)
  else plan.files.push(localFile(from, to, found))
  return plan
}

/**
 * What a download into a folder of this computer consists of. Whatever a server calls its files, nothing lies outside of that folder.
 * Throws AppError `files.*`.
 */
export async function planDownload(
  sftp: Sftp,
  paths: readonly string[],
  to: string,
  { existing, rules = ownRules }: { existing: Existing; rules?: NameRules },
): Promise<Planned> {
  const plan: Plan = { folders: [], files: [], notes: [] }
  const place = createPlace(plan, { existing, rules, look: (name) => lookLocal(join(to, name)) })
  for (const path of paths) {
    const found = await sftp.stat(path)
    if (found.kind === 'other') {
      plan.notes.push({ kind: 'special', name: nameOf(path) })
      continue
    }
    const name = await place.nameFor(nameOf(path), found.kind === 'folder')
    if (name === null) continue
    if (found.kind === 'folder') await addRemote(sftp, plan, path, join(to, name), rules, 0)
    else plan.files.push(remoteFile(path, join(to, name), found))
  }
  return place.answer()
}

/** Names directly in the folder that a person chose: there something of theirs may be in the way. */
function createPlace(
  plan: Plan,
  options: { existing: Existing; rules: NameRules; look: (name: string) => Promise<Pick<Attributes, 'kind'> | null> },
) {
  const { existing, rules, look } = options
  const taken = new Set<string>()
  const exists: string[] = []

  async function nameFor(name: string, isFolder: boolean): Promise<string | null> {
    if (!isReadable(name)) return left(plan, 'unreadable', name)
    const fitting = fittingName(name, rules, taken)
    if (fitting === null) return left(plan, 'refused', name)
    const there = await look(fitting)
    let chosen = fitting
    if (there && existing === 'ask') exists.push(fitting)
    if (there && existing === 'replace' && (there.kind === 'folder') !== isFolder) {
      throw new AppError('files.in-the-way', { name: fitting })
    }
    for (let count = 2; there && existing === 'keepBoth' && chosen === fitting; count++) {
      const other = numbered(fitting, count, rules)
      if (!taken.has(keyOf(other, rules)) && !(await look(other))) chosen = other
    }
    taken.add(keyOf(chosen, rules))
    if (chosen !== name) plan.notes.push({ kind: 'renamed', name, as: chosen })
    return chosen
  }

  return { nameFor, answer: (): Planned => (exists.length > 0 ? { exists } : { plan }) }
}

async function addLocal(plan: Plan, from: string, to: string, rules: NameRules, depth: number): Promise<void> {
  assertSane(plan, from, depth)
  plan.folders.push(to)
  const entries = await readdir(from, { withFileTypes: true }).catch((error: unknown) => {
    throw localReadError(error, from)
  })
  const taken = new Set<string>()
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry
    const kind = entry.isSymbolicLink() ? 'link' : entry.isDirectory() || entry.isFile() ? null : 'special'
    const fitting = nameInside(plan, name, kind, rules, taken)
    if (fitting === null) continue
    const [path, target] = [join(from, name), inFolder(to, fitting)]
    if (entry.isDirectory()) await addLocal(plan, path, target, rules, depth + 1)
    else plan.files.push(localFile(path, target, await lstat(path)))
  }
}

async function addRemote(
  sftp: Sftp,
  plan: Plan,
  from: string,
  to: string,
  rules: NameRules,
  depth: number,
): Promise<void> {
  assertSane(plan, from, depth)
  plan.folders.push(to)
  const taken = new Set<string>()
  const folders: { path: string; target: string }[] = []
  for await (const some of sftp.list(from)) {
    for (const { name, attributes } of some) {
      const { kind } = attributes
      const without = kind === 'link' ? 'link' : kind === 'other' ? 'special' : null
      const fitting = nameInside(plan, name, without, rules, taken)
      if (fitting === null) continue
      const [path, target] = [inFolder(from, name), join(to, fitting)]
      if (kind === 'folder') folders.push({ path, target })
      else plan.files.push(remoteFile(path, target, attributes))
    }
    assertSane(plan, from, depth)
  }
  for (const { path, target } of folders) await addRemote(sftp, plan, path, target, rules, depth + 1)
}

function nameInside(
  plan: Plan,
  name: string,
  without: 'link' | 'special' | null,
  rules: NameRules,
  taken: Set<string>,
): string | null {
  if (!isOneName(name)) return left(plan, 'refused', name)
  if (without) return left(plan, without, name)
  if (!isReadable(name)) return left(plan, 'unreadable', name)
  const fitting = fittingName(name, rules, taken)
  if (fitting !== null && fitting !== name) plan.notes.push({ kind: 'renamed', name, as: fitting })
  return fitting
}

function left(plan: Plan, kind: TransferNote['kind'], name: string): null {
  plan.notes.push({ kind, name })
  return null
}

/** A server may go on for ever. */
function assertSane(plan: Plan, path: string, depth: number) {
  if (depth > depthLimit) throw new AppError('files.too-deep', { name: nameOf(path) })
  if (plan.files.length + plan.folders.length > fileLimit) {
    throw new AppError('files.too-many', { name: nameOf(path), limit: fileLimit })
  }
}

type Stat = { size: number; mode: number; mtimeMs: number }

function localFile(from: string, to: string, { size, mode, mtimeMs }: Stat): PlannedFile {
  // Windows keeps no permissions that would mean anything over there.
  const kept = ownRules === 'windows' ? null : mode & 0o777
  return { from, to, sizeBytes: size, mode: kept, modifiedS: Math.floor(mtimeMs / 1000), isDone: false }
}

function remoteFile(from: string, to: string, { sizeBytes, mode, modifiedS }: Attributes): PlannedFile {
  return { from, to, sizeBytes, mode: mode & 0o777, modifiedS, isDone: false }
}

/** What a person names is meant, even where it is a link. */
function statLocal(path: string): Promise<Stats> {
  return stat(path).catch((error: unknown) => {
    throw localReadError(error, path)
  })
}

async function lookLocal(path: string): Promise<Pick<Attributes, 'kind'> | null> {
  const found = await lstat(path).catch(() => null)
  if (!found) return null
  return { kind: found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'file' }
}
