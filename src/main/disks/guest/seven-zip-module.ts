import { createRequire } from 'node:module'
import type { SevenZipModule, SevenZipModuleFactory } from '7z-wasm'
import type { ReadSync } from './window'

/** Takes what 7-Zip unpacks: `path` as in the archive, `at` from the start of that file. */
export type TakeBytes = (path: string, bytes: Uint8Array, at: number) => void

export type SevenZip = {
  /** Lists what the patterns name, a line of text at a time. False when it broke off. */
  list(type: string, patterns: readonly string[], line: (text: string) => void): Promise<boolean>
  /** Unpacks what the patterns name, or all there is. False when it broke off, also because `take` has thrown. */
  unpack(type: string, patterns: readonly string[], take: TakeBytes): Promise<boolean>
}

/** What the module has beside its declared types: Emscripten's file system. */
type Stream = { position: number; path: string }
type Internals = {
  create(path: string): object
  write(stream: Stream, buffer: Uint8Array, offset: number, length: number, position?: number): number
  ftruncate(descriptor: number, length: number): void
  getStreamChecked(descriptor: number): Stream
}

const archive = '/archive'
const outFolder = '/out'
const regularFile = 0o100444

/** 7-Zip over an archive of `sizeBytes` that is read piece by piece; what it unpacks goes to whoever takes it. */
export function sevenZipOn(sizeBytes: number, read: ReadSync): SevenZip {
  let loaded: SevenZipModule | null = null
  let onLine: (text: string) => void = () => undefined
  let onBytes: TakeBytes = () => undefined

  async function load(): Promise<SevenZipModule> {
    const factory = createRequire(__filename)('./7zz.cjs') as SevenZipModuleFactory
    const sevenZip = await factory({ print: (text) => onLine(text), printErr: () => undefined, stdin: () => 0 })
    const fs = sevenZip.FS as unknown as Internals
    Object.assign(fs.create(archive), fileOperations(sizeBytes, read))
    leadOutput(fs, (path, bytes, at) => onBytes(path, bytes, at))
    return sevenZip
  }

  async function run(args: readonly string[]): Promise<boolean> {
    const sevenZip = (loaded ??= await load())
    try {
      sevenZip.callMain([...args])
      return true
    } catch {
      // One that has thrown cannot be used again.
      loaded = null
      return false
    }
  }

  return {
    list(type, patterns, line) {
      onLine = line
      return run(['l', '-slt', ...optionsFor(type), archive, '--', ...patterns])
    },
    unpack(type, patterns, take) {
      onLine = () => undefined
      onBytes = take
      return run(['x', '-y', '-bd', `-o${outFolder}`, ...optionsFor(type), archive, '--', ...patterns])
    },
  }
}

/** Case of names counts in this build of 7-Zip, but not on NTFS. */
function optionsFor(type: string): string[] {
  return [`-t${type}`, '-sccUTF-8', '-ssc-']
}

function fileOperations(sizeBytes: number, read: ReadSync): object {
  const times = { atime: new Date(0), mtime: new Date(0), ctime: new Date(0) }
  const blocks = { blksize: 4096, blocks: Math.ceil(sizeBytes / 4096) }
  const facts = { dev: 1, ino: 1, mode: regularFile, nlink: 1, uid: 0, gid: 0, rdev: 0, size: sizeBytes }
  return {
    node_ops: { getattr: () => ({ ...facts, ...times, ...blocks }) },
    stream_ops: {
      llseek: (stream: Stream, offset: number, whence: number) => offset + [0, stream.position, sizeBytes][whence]!,
      read(_stream: Stream, heap: Uint8Array, at: number, length: number, position: number) {
        const count = Math.max(0, Math.min(length, sizeBytes - position))
        read(new Uint8Array(heap.buffer, heap.byteOffset + at, count), position)
        return count
      },
    },
  }
}

/** Files that 7-Zip writes keep no bytes in its file system, nor are they made as long as the archive says they will be. */
function leadOutput(fs: Internals, take: TakeBytes): void {
  const write = fs.write.bind(fs)
  const truncate = fs.ftruncate.bind(fs)
  const isOut = ({ path }: Stream) => path.startsWith(`${outFolder}/`)
  fs.ftruncate = (descriptor, length) => {
    if (!isOut(fs.getStreamChecked(descriptor))) truncate(descriptor, length)
  }
  fs.write = (stream, buffer, offset, length, position) => {
    if (!isOut(stream)) return write(stream, buffer, offset, length, position)
    // What comes is the signed view of the memory.
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length)
    take(stream.path.slice(outFolder.length + 1), bytes, position ?? stream.position)
    if (position === undefined) stream.position += length
    return length
  }
}
