import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { SevenZipModule, SevenZipModuleFactory } from '7z-wasm'
import { matches } from './pattern'
import { listedEntries } from './seven-zip-list'
import { bytesCame, type FoundEntry, type SevenZipJob, type SevenZipMessage } from './seven-zip-job'
import { fetchBytes, windowOn, type ReadSync } from './window'

/** What the module has beside its declared types (Emscripten's file system). */
type Stream = { position: number; path: string }
type Internals = {
  create(path: string): { node_ops: object; stream_ops: object }
  write(stream: Stream, buffer: Uint8Array, offset: number, length: number, position?: number): number
  ftruncate(descriptor: number, length: number): void
  getStreamChecked(descriptor: number): Stream
}

const volumePath = '/volume'
const outFolder = '/out'
const allFilesBytes = 256 * 1024 * 1024
const maxEntries = 200_000
const regularFile = 0o100444

void main(workerData as SevenZipJob)

/** Program `seven-zip.cjs`, a thread: takes named files out of a volume, whose bytes it asks its parent for. */
async function main(job: SevenZipJob): Promise<void> {
  const read = windowOn(job.sizeBytes, (buffer, offset) => readThroughParent(job, buffer, offset))
  const patterns = [...job.wanted.list, ...job.wanted.read.map(({ path }) => path)]
  const listing = listedEntries(patterns, maxEntries)
  const sevenZip = await instance(job, read, listing.add)
  const isWhole = run(sevenZip, ['l', '-slt', ...optionsOf(job), volumePath, '--', ...patterns])
  const entries = listing.found()
  const files = entries ? chosenFiles(job, entries) : new Map<string, Uint8Array>()
  const isReceived = collect(isWhole ? sevenZip : await instance(job, read, () => undefined), files)
  const contents = [...files].filter(([path]) => isReceived(path)).map(([path, bytes]) => ({ path, bytes }))
  const buffers = contents.map(({ bytes }) => bytes.buffer as ArrayBuffer)
  tell({ kind: 'done', entries, contents }, buffers)

  function collect(from: SevenZipModule, into: Map<string, Uint8Array>): (path: string) => boolean {
    const done = leadOutput(from, into)
    if (into.size > 0)
      run(from, ['x', '-y', '-bd', `-o${outFolder}`, ...optionsOf(job), volumePath, '--', ...into.keys()])
    return done
  }
}

/** A buffer for each file that is not longer than its limit; the sizes are known by now, so that nothing grows. */
function chosenFiles({ wanted }: SevenZipJob, entries: FoundEntry[]): Map<string, Uint8Array> {
  const isRead = wanted.read.map(({ path, limitBytes }) => ({ isNamed: matches([path]), limitBytes }))
  let left = allFilesBytes
  const files = new Map<string, Uint8Array>()
  for (const { path, isFolder, sizeBytes } of entries) {
    const limit = isRead.find(({ isNamed }) => isNamed(path))?.limitBytes ?? -1
    if (isFolder || sizeBytes > Math.min(limit, left)) continue
    left -= sizeBytes
    files.set(path, new Uint8Array(sizeBytes))
  }
  return files
}

/** Case of names counts in this build of 7-Zip, but not on NTFS. */
function optionsOf({ type }: SevenZipJob): string[] {
  return [`-t${type}`, '-sccUTF-8', '-ssc-']
}

/** An instance that has the volume as a file. One that has thrown cannot be used again. */
async function instance(job: SevenZipJob, read: ReadSync, line: (text: string) => void): Promise<SevenZipModule> {
  const load = createRequire(__filename)('./7zz.cjs') as SevenZipModuleFactory
  const sevenZip = await load({ print: line, printErr: () => undefined, stdin: () => 0 })
  const node = internals(sevenZip).create(volumePath)
  const times = { atime: new Date(0), mtime: new Date(0), ctime: new Date(0), blksize: 4096 }
  const facts = { dev: 1, ino: 1, mode: regularFile, nlink: 1, uid: 0, gid: 0, rdev: 0, ...times }
  node.node_ops = { getattr: () => ({ ...facts, size: job.sizeBytes, blocks: Math.ceil(job.sizeBytes / 4096) }) }
  node.stream_ops = {
    llseek: (stream: Stream, offset: number, whence: number) => offset + [0, stream.position, job.sizeBytes][whence]!,
    read: (_stream: Stream, heap: Uint8Array, at: number, length: number, position: number) => {
      const count = Math.max(0, Math.min(length, job.sizeBytes - position))
      read(new Uint8Array(heap.buffer, heap.byteOffset + at, count), position)
      return count
    },
  }
  return sevenZip
}

/** Leads what 7-Zip writes into the given buffers: no file grows beyond what its volume said. Tells which came whole. */
function leadOutput(sevenZip: SevenZipModule, files: Map<string, Uint8Array>): (path: string) => boolean {
  const written = new Map<string, number>()
  const fs = internals(sevenZip)
  const write = fs.write.bind(fs)
  const truncate = fs.ftruncate.bind(fs)
  const isOut = ({ path }: Stream) => path.startsWith(`${outFolder}/`)
  fs.ftruncate = (descriptor, length) => {
    if (!isOut(fs.getStreamChecked(descriptor))) truncate(descriptor, length)
  }
  fs.write = (stream, buffer, offset, length, position) => {
    if (!isOut(stream)) return write(stream, buffer, offset, length, position)
    const name = stream.path.slice(outFolder.length + 1)
    const at = position ?? stream.position
    const target = files.get(name)
    const part = buffer.subarray(offset, offset + Math.max(0, Math.min(length, (target?.length ?? 0) - at)))
    target?.set(part, at)
    written.set(name, (written.get(name) ?? 0) + part.length)
    if (position === undefined) stream.position += length
    return length
  }
  return (name) => (written.get(name) ?? 0) === files.get(name)?.length
}

/** A damaged volume may break it off: what came out until then is what there is. False when it did. */
function run(sevenZip: SevenZipModule, args: string[]): boolean {
  try {
    sevenZip.callMain(args)
    return true
  } catch {
    return false
  }
}

function readThroughParent({ state, bytes }: SevenZipJob, buffer: Uint8Array, offset: number): void {
  const flag = new Int32Array(state)
  for (let done = 0; done < buffer.length; done += fetchBytes) {
    const length = Math.min(fetchBytes, buffer.length - done)
    Atomics.store(flag, 0, 0)
    tell({ kind: 'read', offset: offset + done, length })
    Atomics.wait(flag, 0, 0)
    if (Atomics.load(flag, 0) !== bytesCame) throw new Error('the volume could not be read')
    buffer.set(new Uint8Array(bytes, 0, length), done)
  }
}

function tell(message: SevenZipMessage, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer)
}

function internals(sevenZip: SevenZipModule): Internals {
  return sevenZip.FS as unknown as Internals
}
