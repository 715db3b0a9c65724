import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { sep } from 'node:path'
import { AppError } from '../../shared/errors'
import { nameOf, parentOf } from '../../shared/remote-paths'
import { fetchFile, sendFile, type Way } from './files-copy'
import { localWriteError } from './files-errors'
import { remoteHashes } from './files-hash'
import { partOf } from './files-names'
import type { Plan, PlannedFile } from './files-plan'

export type Direction = 'up' | 'down'
export type RunReport = {
  onFile(file: PlannedFile): void
  /** A file went through the proof: by hash, or by size alone. */
  onProof(byHash: boolean): void
  /** Everything is copied; the last of it is being proved. */
  onVerifying(): void
}

// Copied side by side, proved by one command, put into place together.
const groupFiles = 200
const groupBytes = 32 * 1024 * 1024
const sideBySide = 32
const foldersAtOnce = 32
/** Less than this is full: a few requests more than is on its way at once. */
const fullBytes = 4 * 1024 * 1024

/**
 * Copies what a plan says and has not been done. Nothing stands under its own name before it is whole and proved. Throws AppError
 * `file.*`, `no-space`, `files.*`, `session.disk-full` {path}.
 */
export async function runPlan(way: Way, plan: Plan, direction: Direction, report: RunReport): Promise<void> {
  // One group is proved while the next is copied.
  let proving = Promise.resolve()
  try {
    await makeFolders(way, plan.folders, direction)
    for (const group of groups(plan.files.filter(({ isDone }) => !isDone))) {
      const hashes = await inParallel(group, sideBySide, (file) =>
        direction === 'up' ? sendFile(way, file) : fetchFile(way, file),
      )
      await proving
      proving = prove(way, group, hashes, direction, report)
      proving.catch(() => undefined)
    }
    report.onVerifying()
    await proving
  } catch (error) {
    await proving.catch(() => undefined)
    throw direction === 'up' ? await explainedFull(way, error, plan) : error
  }
}

/** Removes the halves of files that a plan has not brought to an end. */
export async function removeParts({ sftp }: Pick<Way, 'sftp'>, plan: Plan, direction: Direction): Promise<void> {
  const left = plan.files.filter(({ isDone }) => !isDone)
  await inParallel(left, sideBySide, async (file) => {
    if (direction === 'down') await rm(partOf(file.to, sep), { force: true })
    else if (await sftp.look(partOf(file.to))) await sftp.removeFile(partOf(file.to))
  })
}

/** Compares with the other end, and puts what is equal into its place. */
async function prove(
  way: Way,
  group: readonly PlannedFile[],
  hashes: readonly string[],
  direction: Direction,
  report: RunReport,
): Promise<void> {
  const paths = group.map(({ from, to }) => (direction === 'up' ? partOf(to) : from))
  const theirs = await remoteHashes(way.host, paths, way.signal)
  for (const [at, file] of group.entries()) {
    const hash = theirs[at] ?? null
    if (hash !== null && hash !== hashes[at]) {
      await removeParts(way, { folders: [], files: [file], notes: [] }, direction)
      throw new AppError('files.different', { name: nameOf(paths[at]!) })
    }
    report.onProof(hash !== null)
  }
  await inParallel(group, sideBySide, (file) => settle(way, file, direction, report))
}

async function settle({ sftp }: Way, file: PlannedFile, direction: Direction, report: RunReport): Promise<void> {
  if (direction === 'up') await sftp.replace(partOf(file.to), file.to)
  else {
    await rename(partOf(file.to, sep), file.to).catch((error: unknown) => {
      throw localWriteError(error, file.to)
    })
  }
  file.isDone = true
  report.onFile(file)
}

async function makeFolders(way: Way, folders: readonly string[], direction: Direction): Promise<void> {
  const make = direction === 'up' ? (path: string) => makeRemote(way, path) : makeLocal
  // Those of one depth do not need each other.
  const levels: string[][] = []
  for (const folder of folders) (levels[folder.split(direction === 'up' ? '/' : sep).length] ??= []).push(folder)
  for (const level of levels.filter(Boolean)) await inParallel(level, foldersAtOnce, make)
}

async function makeRemote({ sftp }: Way, path: string): Promise<void> {
  try {
    await sftp.makeFolder(path)
  } catch (error) {
    const there = await sftp.look(path)
    if (!there) throw error
    if (there.kind !== 'folder') throw new AppError('files.in-the-way', { name: nameOf(path) })
  }
}

async function makeLocal(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const there = await lstat(path).catch(() => null)
    if (!there) throw localWriteError(error, path)
    // A link would lead out of the folder that was chosen.
    if (!there.isDirectory()) throw new AppError('files.in-the-way', { name: path.slice(path.lastIndexOf(sep) + 1) })
  }
}

/** OpenSSH says no more than "Failure" when its disk is full. */
async function explainedFull(way: Way, error: unknown, plan: Plan): Promise<unknown> {
  const target = plan.folders[0] ?? plan.files[0]?.to
  if (!(error instanceof AppError) || error.code !== 'files.refused' || target === undefined) return error
  const free = await way.sftp.freeBytes(parentOf(target) ?? '/').catch(() => null)
  return free !== null && free < fullBytes ? new AppError('session.disk-full', { path: target }, error.details) : error
}

function* groups(files: readonly PlannedFile[]): Generator<PlannedFile[]> {
  let group: PlannedFile[] = []
  let bytes = 0
  for (const file of files) {
    if (group.length > 0 && (group.length >= groupFiles || bytes + file.sizeBytes > groupBytes)) {
      yield group
      group = []
      bytes = 0
    }
    group.push(file)
    bytes += file.sizeBytes
  }
  if (group.length > 0) yield group
}

/** Answers in the order of the items. The first failure ends it, after what had begun has come to its end. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const failures: unknown[] = []
  const entries = items.entries()
  async function worker() {
    for (const [at, item] of entries) {
      if (failures.length > 0) return
      try {
        results[at] = await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
  return results
}
