import { AppError } from '../../shared/errors'
import type { RemoteEntry } from '../../shared/files-calls'
import { inFolder, nameOf, parentOf } from '../../shared/remote-paths'
import { isOneName } from './files-names'
import type { Attributes, Sftp } from './files-sftp'

export type Listing = {
  path: string
  entries: RemoteEntry[]
  /** Names that are no names but ways to somewhere else: left out. */
  refused: number
}

const listLimit = 200_000
const depthLimit = 200

/** What lies in a folder, folders first, in the order of names. null: where the user begins. Throws AppError `files.*`. */
export async function listFolder(sftp: Sftp, path: string | null): Promise<Listing> {
  const real = await sftp.realPath(path ?? '.')
  // OpenSSH tells a file that is asked for its contents no more than "Failure".
  if ((await sftp.stat(real)).kind !== 'folder') throw new AppError('files.no-folder', { name: nameOf(real) })
  const entries: RemoteEntry[] = []
  let refused = 0
  for await (const some of sftp.list(real)) {
    for (const { name, attributes } of some) {
      if (isOneName(name)) entries.push(entryOf(name, attributes))
      else refused++
    }
    if (entries.length > listLimit) throw new AppError('files.too-many', { name: nameOf(real), limit: listLimit })
  }
  const order = new Intl.Collator(undefined, { numeric: true })
  entries.sort((a, b) => rank(a) - rank(b) || order.compare(a.name, b.name))
  return { path: real, entries, refused }
}

/** Throws AppError `files.exists`, `files.*`. */
export async function makeFolder(sftp: Sftp, path: string): Promise<void> {
  if (await sftp.look(path)) throw new AppError('files.exists', { name: nameOf(path) })
  await sftp.makeFolder(path)
}

/** Throws AppError `files.exists`, `files.*`. */
export async function renameEntry(sftp: Sftp, from: string, to: string): Promise<void> {
  const before = await sftp.look(from)
  const there = await sftp.look(to)
  // Capitals alone may change where the server does not tell them apart.
  const isSame =
    before && there && nameOf(from).toLowerCase() === nameOf(to).toLowerCase() && parentOf(from) === parentOf(to)
  if (there && !isSame) throw new AppError('files.exists', { name: nameOf(to) })
  await sftp.rename(from, to)
}

/** Removes files and folders with all that is in them. Links go themselves, what they point to stays. Throws AppError `files.*`. */
export async function removeEntries(sftp: Sftp, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (parentOf(path) === null) throw new AppError('files.denied', { name: path })
    const attributes = await sftp.look(path)
    if (attributes) await removeOne(sftp, path, attributes, 0)
  }
}

async function removeOne(sftp: Sftp, path: string, { kind }: Attributes, depth: number): Promise<void> {
  if (kind !== 'folder') return sftp.removeFile(path)
  if (depth > depthLimit) throw new AppError('files.too-deep', { name: nameOf(path) })
  for await (const some of sftp.list(path)) {
    const own = some.filter(({ name }) => isOneName(name))
    const folders = own.filter(({ attributes }) => attributes.kind === 'folder')
    const others = own.filter(({ attributes }) => attributes.kind !== 'folder')
    await Promise.all(others.map(({ name }) => sftp.removeFile(inFolder(path, name))))
    for (const { name, attributes } of folders) await removeOne(sftp, inFolder(path, name), attributes, depth + 1)
  }
  await sftp.removeFolder(path)
}

function rank({ kind }: RemoteEntry): number {
  return kind === 'folder' ? 0 : 1
}

function entryOf(name: string, { kind, sizeBytes, mode, modifiedS }: Attributes): RemoteEntry {
  return { name, kind, sizeBytes, modifiedAt: new Date(modifiedS * 1000).toISOString(), mode: modeText(mode) }
}

function modeText(mode: number): string {
  return [...'rwxrwxrwx'].map((letter, at) => (mode & (0o400 >> at) ? letter : '-')).join('')
}
