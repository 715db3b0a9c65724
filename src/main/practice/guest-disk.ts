import {
  appendFileSync,
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs'
import { join } from 'node:path'
import { GuestBytes } from './guest-disk-bytes'
import {
  attributesOf,
  GuestError,
  GuestTree,
  walkTree,
  type Attributes,
  type GuestFile,
  type GuestNode,
} from './guest-tree'

/** Files of a base image: text, a folder (`null`) or a link. */
export type BaseFile = { path: string; text?: string; link?: string; mode?: number; uid?: number }

/** One line of the log. Replaying all of them over the base image gives the disk back. */
type Change =
  | ['folder', string, number, number, number, number]
  | ['file', string, number, number, number, number, number]
  | ['link', string, string, number, number, number]
  | ['set', string, number, number, number, number]
  | ['move', string, string]
  | ['remove', string]

export type GuestDiskOptions = {
  base: BaseFile[]
  ignoreCase: boolean
  /** Capacity and what the base image takes of it, in bytes. */
  sizeBytes: number
  baseBytes: number
  now: () => number
  /** True while an incident makes every write fail as on a full disk. */
  isFull?: () => boolean
}

/** No practice guest keeps more real bytes than this on the user's own disk. */
const mostRealBytes = 4 * 1024 ** 3
/** A copy of these bytes is what Windows or Linux would keep free for root and journal. */
const reservedBytes = 16 * 1024 ** 2

/**
 * The disk of one guest: a base image and what was changed since. Each change is in the log, and each byte in its file, when the
 * method returns; a torn last line of a killed program is cut off.
 */
export class GuestDisk {
  readonly tree: GuestTree
  /** Capacity in bytes. */
  sizeBytes: number
  readonly #folder: string
  readonly #options: GuestDiskOptions
  readonly #bytes: GuestBytes
  #log: number
  #realBytes = 0
  #logicalBytes = 0

  constructor(folder: string, options: GuestDiskOptions) {
    this.#folder = folder
    this.#options = options
    this.sizeBytes = options.sizeBytes
    this.#bytes = new GuestBytes(join(folder, 'data'))
    this.tree = new GuestTree(options.ignoreCase, options.now())
    for (const file of options.base) this.#addBase(file)
    this.#replay()
    this.#log = openSync(this.#logFile, 'a', 0o600)
  }

  get freeBytes(): number {
    if (this.isFull) return 0
    return Math.max(0, this.sizeBytes - this.#options.baseBytes - reservedBytes - this.#logicalBytes)
  }

  get usedBytes(): number {
    return this.isFull ? this.sizeBytes : this.#options.baseBytes + this.#logicalBytes
  }

  get isFull(): boolean {
    return this.#options.isFull?.() === true
  }

  now(): number {
    return this.#options.now()
  }

  makeFolder(path: string, { mode, uid, gid, mtimeMs }: Attributes): void {
    if (this.tree.find(path, false)) throw new GuestError('EEXIST', path)
    this.#makeRoom(path, 0)
    this.#do(['folder', this.tree.parent(path).path, mode, uid, gid, mtimeMs])
  }

  /** Replaces or makes a file as a whole: a kill leaves the old or the new content. */
  write(path: string, content: Uint8Array, attributes: Attributes): void {
    const place = this.tree.resolve(path)
    const existing = this.tree.find(place)
    if (existing?.kind === 'folder') throw new GuestError('EISDIR', path)
    this.#makeRoom(path, content.length - (existing?.kind === 'file' ? sizeOf(existing) : 0))
    const store = existing?.kind === 'file' && existing.store !== null ? existing.store : this.#bytes.newNumber()
    this.#bytes.replace(store, content)
    const { mode, uid, gid } = existing ?? attributes
    if (existing?.kind === 'file' && existing.store === store) {
      this.#resize(existing, content.length)
      existing.mtimeMs = attributes.mtimeMs
    } else this.#do(['file', place, store, mode, uid, gid, attributes.mtimeMs])
  }

  append(path: string, content: Uint8Array, attributes: Attributes): void {
    const file = this.open(path, attributes)
    this.writeAt(file, content, file.size)
  }

  read(file: GuestFile): Buffer {
    return file.store === null ? Buffer.from(file.text) : this.#bytes.read(file.store)
  }

  readText(path: string): string | null {
    const node = this.tree.find(path)
    return node?.kind === 'file' ? this.read(node).toString() : null
  }

  /** Up to `length` bytes from an offset; empty at the end. */
  readAt(file: GuestFile, offset: number, length: number): Buffer {
    if (file.store === null) return Buffer.from(file.text).subarray(offset, offset + length)
    return this.#bytes.readAt(file.store, offset, Math.max(0, Math.min(length, file.size - offset)))
  }

  /** A file whose bytes can be changed in place; made empty when missing. */
  open(path: string, attributes: Attributes): GuestFile {
    const place = this.tree.resolve(path)
    const node = this.tree.find(place)
    if (node?.kind === 'folder') throw new GuestError('EISDIR', path)
    if (node?.kind === 'file' && node.store !== null) return node
    if (!node) this.#makeRoom(path, 0)
    const store = this.#bytes.newNumber()
    this.#bytes.replace(store, Buffer.from(node?.kind === 'file' ? node.text : ''))
    const { mode, uid, gid, mtimeMs } = node ?? attributes
    this.#do(['file', place, store, mode, uid, gid, mtimeMs])
    return this.tree.require(place) as GuestFile
  }

  writeAt(file: GuestFile, bytes: Uint8Array, offset: number): void {
    this.#makeRoom(file.name, Math.max(0, offset + bytes.length - file.size), bytes.length)
    if (file.store === null) throw new GuestError('EACCES', file.name)
    this.#bytes.writeAt(file.store, bytes, offset)
    this.#resize(file, Math.max(file.size, offset + bytes.length))
    file.mtimeMs = this.now()
  }

  /** Cuts a file or makes it longer by a hole, which takes no place on the user's own disk. */
  truncate(path: string, size: number): void {
    const file = this.open(path, { mode: 0o644, uid: 0, gid: 0, mtimeMs: this.now() })
    this.#makeRoom(path, size - file.size, 0)
    if (file.store !== null) this.#bytes.truncate(file.store, size)
    this.#resize(file, size)
    file.mtimeMs = this.now()
  }

  makeLink(path: string, target: string, uid: number): void {
    if (this.tree.find(path, false)) throw new GuestError('EEXIST', path)
    this.#do(['link', this.tree.parent(path).path, target, uid, uid, this.now()])
  }

  set(path: string, wanted: Partial<Attributes>): void {
    const node = this.tree.require(path)
    const { mode, uid, gid, mtimeMs } = { ...attributesOf(node), ...wanted }
    this.#do(['set', this.tree.resolve(path), mode, uid, gid, mtimeMs])
  }

  /** Onto an existing file: replaces it, as rename(2) does. */
  move(from: string, to: string): void {
    const node = this.tree.require(from, false)
    const [source, target] = [this.tree.parent(from).path, this.tree.parent(to).path]
    if (source === target) return
    if (node.kind === 'folder' && `${target}/`.startsWith(`${source}/`)) throw new GuestError('EINVAL', to)
    const existing = this.tree.find(target, false)
    if (existing?.kind === 'folder' && node.kind !== 'folder') throw new GuestError('EISDIR', to)
    if (existing?.kind === 'folder' && existing.entries.size > 0) throw new GuestError('ENOTEMPTY', to)
    this.#do(['move', source, target])
  }

  /** With everything below it. */
  remove(path: string): void {
    this.tree.require(path, false)
    this.#do(['remove', this.tree.parent(path).path])
  }

  /** A copy of everything as it is now. @throws Error of the file system */
  copyTo(folder: string): void {
    copyGuestFolder(this.#folder, folder)
  }

  close(): void {
    closeSync(this.#log)
  }

  get #logFile(): string {
    return join(this.#folder, 'changes.jsonl')
  }

  #do(change: Change): void {
    appendFileSync(this.#log, `${JSON.stringify(change)}\n`)
    this.#apply(change)
  }

  #apply(change: Change): void {
    const { tree } = this
    switch (change[0]) {
      case 'folder':
        tree.put(change[1], { kind: 'folder', name: '', entries: new Map(), ...attributesFrom(change, 2) })
        break
      case 'file': {
        const old = tree.find(change[1], false)
        if (old) this.#forget(old)
        const node: GuestFile = {
          kind: 'file',
          name: '',
          text: '',
          store: change[2],
          size: 0,
          ...attributesFrom(change, 3),
        }
        tree.put(change[1], node)
        this.#resize(node, this.#bytes.size(change[2]))
        break
      }
      case 'link':
        tree.put(change[1], {
          kind: 'link',
          name: '',
          target: change[2],
          mode: 0o777,
          uid: change[3],
          gid: change[4],
          mtimeMs: change[5],
        })
        break
      case 'set':
        Object.assign(tree.require(change[1]), attributesFrom(change, 2))
        break
      case 'move': {
        const old = tree.find(change[2], false)
        if (old) this.#forget(old)
        tree.put(change[2], tree.take(change[1]))
        break
      }
      case 'remove':
        this.#forget(tree.take(change[1]))
        break
    }
  }

  #resize(file: GuestFile, size: number): void {
    this.#logicalBytes += size - file.size
    file.size = size
  }

  #forget(node: GuestNode): void {
    const files = node.kind === 'folder' ? [...walkTree(node, '')].map((one) => one.node) : [node]
    for (const file of files) {
      if (file.kind !== 'file' || file.store === null) continue
      this.#logicalBytes -= file.size
      this.#bytes.remove(file.store)
    }
  }

  #makeRoom(path: string, growth: number, realBytes = growth): void {
    this.#realBytes += Math.max(0, realBytes)
    if (this.isFull || growth > this.freeBytes || this.#realBytes > mostRealBytes) throw new GuestError('ENOSPC', path)
  }

  #addBase({ path, text, link, mode, uid = 0 }: BaseFile): void {
    const common = { name: '', uid, gid: uid, mtimeMs: baseTimeMs }
    if (link !== undefined) this.tree.put(path, { ...common, kind: 'link', target: link, mode: 0o777 })
    else if (text === undefined)
      this.tree.put(path, { ...common, kind: 'folder', mode: mode ?? 0o755, entries: new Map() })
    else {
      const size = Buffer.byteLength(text)
      this.tree.put(path, { ...common, kind: 'file', mode: mode ?? 0o644, text, store: null, size })
    }
  }

  #replay(): void {
    if (!existsSync(this.#logFile)) return
    const text = readFileSync(this.#logFile, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length < text.length) truncateSync(this.#logFile, Buffer.byteLength(whole))
    for (const line of whole.split('\n')) {
      if (line === '') continue
      const change = JSON.parse(line) as Change
      if (change[0] === 'file') this.#bytes.take(change[2])
      this.#apply(change)
    }
    this.#realBytes = this.#logicalBytes
  }
}

/** Copies the folder of a guest, the log first: files that are written meanwhile are as after a power cut. */
export function copyGuestFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  cpSync(from, `${to}.new`, { recursive: true })
  renameSync(`${to}.new`, to)
}

/** When the files of the base images were made. */
const baseTimeMs = Date.UTC(2026, 9, 1)

function sizeOf(file: GuestFile): number {
  return file.store === null ? 0 : file.size
}

function attributesFrom(change: Change, at: number): Attributes {
  const [mode, uid, gid, mtimeMs] = change.slice(at) as [number, number, number, number]
  return { mode, uid, gid, mtimeMs }
}
