import { parentPort, workerData } from 'node:worker_threads'
import { cpioReader } from './cpio'
import type { Wanted } from './files'
import { driverName } from './driver-name'
import { matches } from './pattern'
import { bytesCame, type SevenZipAnswer, type SevenZipJob, type SevenZipMessage } from './seven-zip-job'
import { listedEntries } from './seven-zip-list'
import { sevenZipOn, type SevenZip } from './seven-zip-module'
import type { FoundEntry } from './snapshot'
import { fetchBytes, windowOn } from './window'

const allFilesBytes = 256 * 1024 * 1024
const maxEntries = 200_000

void main(workerData as SevenZipJob)

/** Program `seven-zip.cjs`, a thread: does one task with 7-Zip on bytes that it asks its parent for, and ends. */
async function main(job: SevenZipJob): Promise<void> {
  const { task, sizeBytes } = job
  const read = windowOn(sizeBytes, (buffer, offset) => readThroughParent(job, buffer, offset))
  const sevenZip = sevenZipOn(sizeBytes, read)
  if (task.kind === 'files') tell(await filesOf(sevenZip, task.type, task.wanted))
  else tell(await driversOf(sevenZip, task.type, task.names))
}

async function filesOf(sevenZip: SevenZip, type: string, wanted: Wanted): Promise<SevenZipAnswer> {
  const patterns = [...wanted.list, ...wanted.read.map(({ path }) => path)]
  const listing = listedEntries(patterns, maxEntries)
  await sevenZip.list(type, patterns, listing.add)
  const entries = listing.found()
  if (!entries) return { kind: 'unreadable' }
  const files = chosenFiles(wanted, entries)
  const written = new Map<string, number>()
  const take = (path: string, bytes: Uint8Array, at: number) => {
    const file = files.get(path)
    // A file may turn out longer than the volume said.
    const part = bytes.subarray(0, Math.max(0, (file?.length ?? 0) - at))
    file?.set(part, at)
    written.set(path, (written.get(path) ?? 0) + part.length)
  }
  if (files.size > 0) await sevenZip.unpack(type, [...files.keys()], take)
  const whole = [...files].filter(([path, { length }]) => (written.get(path) ?? 0) === length)
  return { kind: 'files', entries, contents: whole.map(([path, bytes]) => ({ path, bytes })) }
}

/** A buffer for each file that is not longer than its limit; the sizes are known by now, so that nothing grows. */
function chosenFiles(wanted: Wanted, entries: FoundEntry[]): Map<string, Uint8Array> {
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

/** Unpacks until all are found or the archive in it ends; nothing is kept. */
async function driversOf(sevenZip: SevenZip, type: string, names: readonly string[]): Promise<SevenZipAnswer> {
  const found = new Set<string>()
  const cpio = cpioReader((name) => names.includes(driverName(name)) && found.add(driverName(name)))
  const isDone = () => cpio.endedAt !== null || found.size === names.length
  await sevenZip.unpack(type, [], (_path, bytes) => {
    cpio.push(bytes)
    if (isDone() || cpio.isDamaged) throw new Error('seen enough')
  })
  return isDone() ? { kind: 'drivers', names: [...found] } : { kind: 'unreadable' }
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

function tell(message: SevenZipMessage): void {
  const contents = message.kind === 'files' ? message.contents : []
  parentPort!.postMessage(
    message,
    contents.map(({ bytes }) => bytes.buffer as ArrayBuffer),
  )
}
