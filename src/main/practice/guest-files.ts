import { randomFillSync } from 'node:crypto'
import { posix } from 'node:path'
import type { ByteString, IFileSystem } from 'just-bash'
import type { GuestDisk } from './guest-disk'
import { attributesOf, GuestError, type Attributes, type GuestFile, type GuestNode } from './guest-tree'

/** Who reaches for a file. Root may do everything. */
export type Identity = { uid: number; gid: number; groups: number[] }

/** Devices of one process: where its output goes. */
export type Devices = {
  write(name: 'stdout' | 'stderr', bytes: Buffer): Promise<void>
  /** `/dev/console`: the serial console. */
  console?: (text: string) => void
}

type Content = string | Uint8Array
type Encoding = { encoding?: string } | string | undefined

/** Registry and services of a Windows guest. */
const hiddenState = '.windows.json'
const read = 4
const write = 2
const search = 1
const deviceChunkBytes = 1024 * 1024
const devices = /^\/dev\/(null|zero|full|urandom|random|tty|console|stdout|stderr|stdin|\.practice\/(?:out|err))$/
/** Programs of the practice cloud itself, see `hiddenPrefix`. */
const hiddenPrograms = /^\/usr\/bin\/_\w+$/

/** The file system of a guest as one process sees it: rights checked as the kernel does, `/dev` served by the process. */
export class GuestFiles implements IFileSystem {
  /** Why the last file could not be written, in the words of the system. */
  refusal = ''

  constructor(
    readonly disk: GuestDisk,
    readonly who: Identity,
    readonly io: Devices,
    readonly umask = 0o022,
  ) {}

  async readFile(path: string): Promise<string> {
    return (await this.readFileBuffer(path)).toString('utf8')
  }

  async readFileBytes(path: string): Promise<ByteString> {
    return (await this.readFileBuffer(path)).toString('latin1') as unknown as ByteString
  }

  async readFileBuffer(path: string): Promise<Buffer> {
    await Promise.resolve()
    const device = deviceOf(path)
    if (device) return readDevice(device)
    const node = this.#reach(path, read)
    if (node.kind === 'folder') throw new GuestError('EISDIR', path)
    return this.disk.read(node as GuestFile)
  }

  async writeFile(path: string, content: Content, encoding?: Encoding): Promise<void> {
    const bytes = bytesOf(content, encoding)
    if (await this.#writeDevice(path, bytes)) return
    this.#put(path, () => this.disk.write(path, bytes, this.#fresh(0o666)))
  }

  async appendFile(path: string, content: Content, encoding?: Encoding): Promise<void> {
    const bytes = bytesOf(content, encoding)
    if (await this.#writeDevice(path, bytes)) return
    this.#put(path, () => this.disk.append(path, bytes, this.#fresh(0o666)))
  }

  async exists(path: string): Promise<boolean> {
    await Promise.resolve()
    return statOfDevice(path) !== null || this.#find(path) !== null
  }

  async stat(path: string): ReturnType<IFileSystem['stat']> {
    await Promise.resolve()
    return statOfDevice(path) ?? statOf(this.#reach(path, 0))
  }

  async lstat(path: string): ReturnType<IFileSystem['lstat']> {
    await Promise.resolve()
    return statOfDevice(path) ?? statOf(this.#reach(path, 0, false))
  }

  async mkdir(path: string, { recursive = false }: { recursive?: boolean } = {}): Promise<void> {
    await Promise.resolve()
    if (recursive) {
      const parent = posix.dirname(path)
      if (this.disk.tree.find(path)?.kind === 'folder') return
      if (parent !== path) await this.mkdir(parent, { recursive })
    }
    this.#mayChange(path)
    this.disk.makeFolder(path, this.#fresh(0o777))
  }

  async readdir(path: string): Promise<string[]> {
    return (await this.readdirWithFileTypes(path)).map(({ name }) => name)
  }

  async readdirWithFileTypes(path: string) {
    await Promise.resolve()
    const node = this.#reach(path, read)
    if (node.kind !== 'folder') throw new GuestError('ENOTDIR', path)
    return [...node.entries.values()]
      .filter(({ name }) => name !== hiddenState)
      .map(({ name, kind }) => ({
        name,
        isFile: kind === 'file',
        isDirectory: kind === 'folder',
        isSymbolicLink: kind === 'link',
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async rm(path: string, { recursive = false, force = false } = {}): Promise<void> {
    await Promise.resolve()
    const node = this.#find(path, false)
    if (!node) {
      if (force) return
      throw new GuestError('ENOENT', path)
    }
    if (node.kind === 'folder' && node.entries.size > 0 && !recursive) throw new GuestError('ENOTEMPTY', path)
    this.#mayChange(path)
    this.disk.remove(path)
  }

  async cp(from: string, to: string, { recursive = false } = {}): Promise<void> {
    const node = this.#reach(from, read)
    if (node.kind !== 'folder') {
      await this.writeFile(to, await this.readFileBuffer(from))
      if ((node.mode & 0o111) !== 0 && this.disk.tree.find(to)) this.disk.set(to, { mode: node.mode & ~this.umask })
      return
    }
    if (!recursive) throw new GuestError('EISDIR', from)
    if (`${posix.resolve(to)}/`.startsWith(`${posix.resolve(from)}/`)) throw new GuestError('EINVAL', to)
    await this.mkdir(to, { recursive: true })
    for (const name of [...node.entries.values()].map((one) => one.name))
      await this.cp(posix.join(from, name), posix.join(to, name), { recursive })
  }

  async mv(from: string, to: string): Promise<void> {
    await Promise.resolve()
    this.#mayChange(from)
    this.#mayChange(to)
    this.disk.move(from, to)
  }

  resolvePath(base: string, path: string): string {
    return posix.resolve(base, path)
  }

  getAllPaths(): string[] {
    return []
  }

  async chmod(path: string, mode: number): Promise<void> {
    await Promise.resolve()
    this.#mustOwn(path)
    this.disk.set(path, { mode: mode & 0o7777 })
  }

  async chown(path: string, uid: number, gid: number): Promise<void> {
    await Promise.resolve()
    this.#reach(path, 0)
    if (this.who.uid !== 0) throw new GuestError('EACCES', path)
    this.disk.set(path, { uid, gid })
  }

  async symlink(target: string, path: string): Promise<void> {
    await Promise.resolve()
    this.#mayChange(path)
    this.disk.makeLink(path, target, this.who.uid)
  }

  async link(existing: string, path: string): Promise<void> {
    await this.cp(existing, path)
  }

  async readlink(path: string): Promise<string> {
    await Promise.resolve()
    const node = this.#reach(path, 0, false)
    if (node.kind !== 'link') throw new GuestError('EINVAL', path)
    return node.target
  }

  async realpath(path: string): Promise<string> {
    await Promise.resolve()
    this.disk.tree.require(path)
    return this.disk.tree.resolve(path)
  }

  async utimes(path: string, _atime: Date, mtime: Date): Promise<void> {
    await Promise.resolve()
    this.#mustOwn(path)
    this.disk.set(path, { mtimeMs: mtime.getTime() })
  }

  /** A file to be read or written in place (SFTP). @throws GuestError */
  open(path: string, wanted: { write: boolean; make: boolean; exclusive: boolean; mode?: number }): GuestFile {
    const found = this.#find(path)
    if (found?.kind === 'folder') throw new GuestError('EISDIR', path)
    if (!wanted.write) return this.#reach(path, read) as GuestFile
    if (!found && !wanted.make) throw new GuestError('ENOENT', path)
    if (found && wanted.exclusive) throw new GuestError('EEXIST', path)
    this.#mayWrite(path)
    return this.disk.open(path, this.#fresh(wanted.mode ?? 0o666))
  }

  /** @throws GuestError EACCES, ENOENT */
  assertWritable(path: string): void {
    this.#mayWrite(path)
  }

  #put(path: string, put: () => void): void {
    try {
      this.#mayWrite(path)
      put()
    } catch (error) {
      if (error instanceof GuestError) this.refusal = error.reason
      throw error
    }
  }

  #fresh(mode: number): Attributes {
    return { mode: mode & ~this.umask, uid: this.who.uid, gid: this.who.gid, mtimeMs: this.disk.now() }
  }

  #find(path: string, follow = true): GuestNode | null {
    if (!this.disk.tree.find(path, follow)) return null
    this.#reach(path, 0, follow)
    return this.disk.tree.find(path, follow)
  }

  /** The node, when every folder on the way may be searched and the node itself used as wanted. @throws GuestError */
  #reach(path: string, wanted: number, follow = true): GuestNode {
    const node = this.disk.tree.require(path, follow)
    const place = this.disk.tree.resolve(path, follow)
    for (let folder = posix.dirname(place); ; folder = posix.dirname(folder)) {
      this.#assert(this.disk.tree.require(folder), search, path)
      if (folder === '/') break
    }
    if (wanted !== 0) this.#assert(node, wanted, path)
    return node
  }

  #mayWrite(path: string): void {
    if (this.disk.tree.find(path)) this.#reach(path, write)
    else this.#mayChange(this.disk.tree.resolve(path))
  }

  /** Whether a name may come or go in the folder of a path. */
  #mayChange(path: string): void {
    const parent = posix.dirname(posix.resolve('/', path))
    const folder = this.#reach(parent, 0)
    this.#assert(folder, write, path)
    if (folder.kind !== 'folder') throw new GuestError('ENOTDIR', path)
    const existing = this.disk.tree.find(path, false)
    const isSticky = (folder.mode & 0o1000) !== 0
    if (isSticky && existing && this.who.uid !== 0 && existing.uid !== this.who.uid && folder.uid !== this.who.uid)
      throw new GuestError('EACCES', path)
  }

  #mustOwn(path: string): void {
    const node = this.#reach(path, 0)
    if (this.who.uid !== 0 && node.uid !== this.who.uid) throw new GuestError('EACCES', path)
  }

  #assert(node: GuestNode, wanted: number, path: string): void {
    const { uid, gid, groups } = this.who
    if (uid === 0) return
    const { mode } = attributesOf(node)
    const shift = node.uid === uid ? 6 : node.gid === gid || groups.includes(node.gid) ? 3 : 0
    if (((mode >> shift) & wanted) !== wanted) throw new GuestError('EACCES', path)
  }

  async #writeDevice(path: string, bytes: Buffer): Promise<boolean> {
    const device = deviceOf(path)
    if (!device) return false
    if (device === 'full') throw new GuestError('ENOSPC', path)
    if (device === 'stdout' || device === 'tty' || device === '.practice/out') await this.io.write('stdout', bytes)
    if (device === 'console') this.io.console?.(bytes.toString())
    if (device === 'stderr' || device === '.practice/err') await this.io.write('stderr', bytes)
    return true
  }
}

function deviceOf(path: string): string | null {
  return devices.exec(path)?.[1] ?? null
}

/** As much of an endless device as one read gives; whoever wants a certain size uses `head -c` or `dd`. */
function readDevice(device: string): Buffer {
  if (device === 'zero' || device === 'full') return Buffer.alloc(deviceChunkBytes)
  return device.endsWith('random') ? randomFillSync(Buffer.alloc(deviceChunkBytes)) : Buffer.alloc(0)
}

const deviceStat = {
  isFile: false,
  isDirectory: false,
  isSymbolicLink: false,
  mode: 0o666,
  size: 0,
  mtime: new Date(0),
}

function statOfDevice(path: string) {
  if (hiddenPrograms.test(path)) return { ...deviceStat, isFile: true, mode: 0o755 }
  return deviceOf(path) === null ? null : deviceStat
}

function statOf(node: GuestNode) {
  return {
    isFile: node.kind === 'file',
    isDirectory: node.kind === 'folder',
    isSymbolicLink: node.kind === 'link',
    mode: node.mode,
    size: node.kind === 'file' ? node.size : node.kind === 'link' ? node.target.length : 4096,
    mtime: new Date(node.mtimeMs),
    identity: identityOf(node),
  }
}

const identities = new WeakMap<GuestNode, string>()
let identitiesGiven = 0

/** In place of an inode's number: cp and mv want to know whether two paths are one file before they replace it. */
function identityOf(node: GuestNode): string {
  const known = identities.get(node) ?? String(++identitiesGiven)
  identities.set(node, known)
  return known
}

function bytesOf(content: Content, options: Encoding): Buffer {
  if (typeof content !== 'string') return Buffer.from(content)
  const encoding = typeof options === 'string' ? options : options?.encoding
  return Buffer.from(content, encoding === 'binary' || encoding === 'latin1' ? 'latin1' : 'utf8')
}
