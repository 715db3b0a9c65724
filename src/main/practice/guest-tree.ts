/** A file system in memory: what a guest's disk holds, without the bytes of files that were written. */
export type GuestNode = GuestFolder | GuestFile | GuestLink

type Common = { name: string; mode: number; uid: number; gid: number; mtimeMs: number }
export type GuestFolder = Common & { kind: 'folder'; entries: Map<string, GuestNode> }
/** `text`: content of the base image; `store`: number of the file beside the log that holds the bytes. */
export type GuestFile = Common & { kind: 'file'; text: string; store: number | null; size: number }
export type GuestLink = Common & { kind: 'link'; target: string }

export type Attributes = { mode: number; uid: number; gid: number; mtimeMs: number }

export function attributesOf({ mode, uid, gid, mtimeMs }: GuestNode): Attributes {
  return { mode, uid, gid, mtimeMs }
}

/** An error as a system call gives it; the message is what tools print. */
export class GuestError extends Error {
  constructor(
    readonly code: keyof typeof words,
    readonly path: string,
  ) {
    super(
      code === 'ENOENT' || code === 'EEXIST' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENOTEMPTY'
        ? `${code}: ${words[code]}, '${path}'`
        : words[code],
    )
  }

  /** As a shell says it (`strerror`). */
  get reason(): string {
    if (this.code === 'EISDIR') return 'Is a directory'
    const text = words[this.code]
    return text.charAt(0).toUpperCase() + text.slice(1)
  }
}

const words = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  EISDIR: 'illegal operation on a directory',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EACCES: 'Permission denied',
  ENOSPC: 'No space left on device',
  ELOOP: 'Too many levels of symbolic links',
  EINVAL: 'Invalid argument',
  ENAMETOOLONG: 'File name too long',
}

const mostLinks = 40
const longestName = 255

/** Walks and changes a tree. Paths are absolute with `/`; `ignoreCase` as Windows reads names. */
export class GuestTree {
  readonly root: GuestFolder

  constructor(
    readonly ignoreCase: boolean,
    nowMs: number,
  ) {
    this.root = { kind: 'folder', name: '', mode: 0o755, uid: 0, gid: 0, mtimeMs: nowMs, entries: new Map() }
  }

  /** The node of a path; null when there is none. Links on the way are followed, the last one only with `follow`. */
  find(path: string, follow = true): GuestNode | null {
    try {
      return this.#walk(path, follow).node
    } catch (error) {
      if (error instanceof GuestError) return null
      throw error
    }
  }

  /** @throws GuestError ENOENT, ENOTDIR, ELOOP */
  require(path: string, follow = true): GuestNode {
    const { node } = this.#walk(path, follow)
    if (!node) throw new GuestError('ENOENT', path)
    return node
  }

  /** The path with every link resolved and names spelled as they lie on disk; the last name may be missing. @throws GuestError */
  resolve(path: string, follow = true): string {
    return this.#walk(path, follow).path
  }

  /** Folder and name where a node is or would be. @throws GuestError when the folder is missing */
  parent(path: string): { folder: GuestFolder; name: string; path: string } {
    const found = this.#walk(path, false)
    return { folder: found.folder, name: found.name, path: found.path }
  }

  put(path: string, node: GuestNode): void {
    const { folder, name } = this.parent(path)
    if (name === '') throw new GuestError('EINVAL', path)
    if (Buffer.byteLength(name) > longestName) throw new GuestError('ENAMETOOLONG', path)
    node.name = name
    folder.entries.set(this.#key(name), node)
  }

  take(path: string): GuestNode {
    const { folder, name } = this.parent(path)
    const node = folder.entries.get(this.#key(name))
    if (!node) throw new GuestError('ENOENT', path)
    folder.entries.delete(this.#key(name))
    return node
  }

  #key(name: string): string {
    return this.ignoreCase ? name.toLowerCase() : name
  }

  #walk(
    path: string,
    followLast: boolean,
    depth = 0,
  ): { node: GuestNode | null; folder: GuestFolder; name: string; path: string } {
    if (depth > mostLinks) throw new GuestError('ELOOP', path)
    const names = namesOf(path)
    let folder = this.root
    let walked = ''
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1
      const node = folder.entries.get(this.#key(name)) ?? null
      const here = `${walked}/${node?.name ?? name}`
      if (node?.kind === 'link' && (!isLast || followLast)) {
        const rest = names.slice(index + 1).join('/')
        const target = node.target.startsWith('/') ? node.target : `${walked}/${node.target}`
        return this.#walk(rest === '' ? target : `${target}/${rest}`, followLast, depth + 1)
      }
      if (isLast) return { node, folder, name: node?.name ?? name, path: here }
      if (!node) throw new GuestError('ENOENT', path)
      if (node.kind !== 'folder') throw new GuestError('ENOTDIR', path)
      folder = node
      walked = here
    }
    return { node: this.root, folder: this.root, name: '', path: '/' }
  }
}

/** The names of a path, `.` and `..` resolved by text as `cd -L` does. */
export function namesOf(path: string): string[] {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') names.pop()
    else names.push(name)
  }
  return names
}

/** Every node below a folder with its path, folders before what is in them. */
export function* walkTree(folder: GuestFolder, path: string): Generator<{ path: string; node: GuestNode }> {
  for (const node of folder.entries.values()) {
    const here = `${path === '/' ? '' : path}/${node.name}`
    yield { path: here, node }
    if (node.kind === 'folder') yield* walkTree(node, here)
  }
}
