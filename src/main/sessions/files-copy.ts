import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, lstat, open, rm, utimes, type FileHandle } from 'node:fs/promises'
import { sep } from 'node:path'
import { AppError } from '../../shared/errors'
import { nameOf } from '../../shared/remote-paths'
import { localReadError, localWriteError } from './files-errors'
import { hashByReading, remoteHashes, remotePrefixHash, type FileHost } from './files-hash'
import { ownRules, partOf } from './files-names'
import type { PlannedFile } from './files-plan'
import type { Handle, Sftp } from './files-sftp'

export type Way = {
  host: FileHost
  sftp: Sftp
  signal: AbortSignal
  /** Bytes that are there now, proved or just copied. */
  onBytes(count: number): void
}

/** What is read or written here at once, at most. */
const blockBytes = 256 * 1024
/** As much as SSH lets be on its way on one channel, where the windows of ssh2 and OpenSSH are two mebibytes. */
const blocksAhead = 8

/**
 * Copies one file to the VM, beside its place: see `partOf`. Goes on with what is there already if that is proved to be its beginning.
 * Answers the SHA-256 of what was sent. Throws AppError `file.*`, `files.*`, `session.disk-full`.
 */
export async function sendFile(way: Way, file: PlannedFile): Promise<string> {
  const local = await open(file.from, 'r').catch((error: unknown) => {
    throw localReadError(error, file.from)
  })
  try {
    const before = await local.stat()
    const part = partOf(file.to)
    const { handle, start, hash } = await beginSending(way, part, local, before.size)
    await pumpUp(way, { local, handle, part, hash, start, end: before.size, from: file.from }, file)
    const after = await local.stat()
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw changed(file.from)
    return hash.digest('hex')
  } finally {
    await local.close()
  }
}

/** The same from the VM to this computer. Throws AppError `file.unwritable`, `no-space`, `files.*`. */
export async function fetchFile(way: Way, file: PlannedFile): Promise<string> {
  const { sftp } = way
  const part = partOf(file.to, sep)
  const handle = await sftp.open(file.from, 'read')
  try {
    const before = await sftp.statOpen(handle, file.from)
    const { local, start, hash } = await beginFetching(way, file.from, part, before.sizeBytes)
    try {
      await pumpDown(way, { local, handle, part, hash, start, end: before.sizeBytes, from: file.from })
    } finally {
      await local.close()
    }
    const after = await sftp.statOpen(handle, file.from)
    if (after.sizeBytes !== before.sizeBytes || after.modifiedS !== before.modifiedS) throw changed(file.from)
    await keepAttributes(part, file)
    return hash.digest('hex')
  } finally {
    void sftp.close(handle).catch(() => undefined)
  }
}

type Pump = { local: FileHandle; handle: Handle; part: string; hash: Hash; start: number; end: number; from: string }

/** Requests about one file are done in the order in which they are sent (filexfer-02, section 3.1), so nothing waits for its answer. */
async function pumpUp({ sftp, onBytes }: Way, pump: Pump, { mode, modifiedS }: PlannedFile): Promise<void> {
  const { handle, part } = pump
  const room = createRoom(Math.floor((blockBytes * blocksAhead) / sftp.requestBytes))
  try {
    await sendBytes({ sftp, onBytes }, pump, room)
    room.take(sftp.setOpen(handle, part, { modifiedS, ...(mode === null ? {} : { mode }) }))
  } finally {
    room.take(sftp.close(handle))
  }
  await room.empty()
}

async function sendBytes({ sftp, onBytes }: Pick<Way, 'sftp' | 'onBytes'>, pump: Pump, room: Room): Promise<void> {
  const { local, handle, part, hash, start, end, from } = pump
  // ssh2 copies what it is given, so that one buffer is enough.
  const block = Buffer.allocUnsafe(Math.min(wholeRequests(sftp), Math.max(1, end - start)))
  for (let at = start; at < end;) {
    const { bytesRead } = await local.read(block, 0, Math.min(block.length, end - at), at)
    if (bytesRead === 0) throw changed(from)
    hash.update(block.subarray(0, bytesRead))
    for (let within = 0; within < bytesRead; within += sftp.requestBytes) {
      await room.free()
      const chunk = block.subarray(within, Math.min(within + sftp.requestBytes, bytesRead))
      room.take(sftp.write(handle, part, chunk, at + within).then(() => onBytes(chunk.length)))
    }
    at += bytesRead
  }
}

async function pumpDown({ sftp, onBytes }: Way, pump: Pump): Promise<void> {
  const { local, handle, part, hash, start, end, from } = pump
  const size = wholeRequests(sftp)
  const ahead: { block: Buffer; read: Promise<boolean> }[] = []
  const spare: Buffer[] = []
  let written = Promise.resolve()
  let next = start
  for (let at = start; at < end;) {
    for (; ahead.length < blocksAhead && next < end; next += size) {
      const block = (spare.pop() ?? Buffer.allocUnsafe(Math.min(size, end - next))).subarray(0, end - next)
      const read = readBlock(sftp, handle, from, block, next)
      // Whoever comes first tells; the others must not count as unheard.
      read.catch(() => undefined)
      ahead.push({ block, read })
    }
    const { block, read } = ahead.shift()!
    if (!(await read)) throw changed(from)
    hash.update(block)
    // In order, so that what is there is always a beginning; the next comes in meanwhile.
    await written
    written = local.write(block, 0, block.length, at).then(
      () => {
        spare.push(block)
        onBytes(block.length)
      },
      (error: unknown) => {
        throw localWriteError(error, part)
      },
    )
    written.catch(() => undefined)
    at += block.length
  }
  await written
}

/** Whether all of it was there. */
async function readBlock(sftp: Sftp, handle: Handle, path: string, block: Buffer, at: number): Promise<boolean> {
  const reads: Promise<boolean>[] = []
  for (let within = 0; within < block.length; within += sftp.requestBytes) {
    const chunk = block.subarray(within, Math.min(within + sftp.requestBytes, block.length))
    reads.push(sftp.read(handle, path, chunk, at + within).then((got) => got === chunk.length))
  }
  return (await Promise.all(reads)).every(Boolean)
}

/** A block that no request is wasted on. */
function wholeRequests({ requestBytes }: Sftp): number {
  return Math.max(1, Math.floor(blockBytes / requestBytes)) * requestBytes
}

async function beginSending(
  way: Way,
  part: string,
  local: FileHandle,
  size: number,
): Promise<{ handle: Handle; start: number; hash: Hash }> {
  const { sftp } = way
  try {
    return { handle: await sftp.open(part, 'new'), start: 0, hash: createHash('sha256') }
  } catch (error) {
    const there = await sftp.look(part)
    if (!there) throw error
    if (there.kind === 'folder') throw new AppError('files.in-the-way', { name: nameOf(part) })
    if (there.kind === 'file' && there.sizeBytes > 0 && there.sizeBytes <= size) {
      const hash = await localPrefix(local, there.sizeBytes)
      const [byTool] = await remoteHashes(way.host, [part], way.signal)
      const theirs = byTool ?? (await hashByReading(sftp, part, there.sizeBytes))
      if (hash.copy().digest('hex') === theirs) {
        way.onBytes(there.sizeBytes)
        return { handle: await sftp.open(part, 'change'), start: there.sizeBytes, hash }
      }
    }
  }
  await sftp.removeFile(part)
  return { handle: await sftp.open(part, 'new'), start: 0, hash: createHash('sha256') }
}

async function beginFetching(
  way: Way,
  from: string,
  part: string,
  size: number,
): Promise<{ local: FileHandle; start: number; hash: Hash }> {
  try {
    const there = await lstat(part).catch(() => null)
    if (there?.isFile() && there.size > 0 && there.size <= size) {
      // Without a tool over there the proof would cost as much as the bytes themselves.
      const theirs = await remotePrefixHash(way.host, from, there.size, way.signal)
      const local = await open(part, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
      const hash = await localPrefix(local, there.size)
      if (hash.copy().digest('hex') === theirs) {
        way.onBytes(there.size)
        return { local, start: there.size, hash }
      }
      await local.close()
    }
    if (there) await rm(part)
    return { local: await open(part, 'wx', 0o600), start: 0, hash: createHash('sha256') }
  } catch (error) {
    throw localWriteError(error, part)
  }
}

async function localPrefix(local: FileHandle, bytes: number): Promise<Hash> {
  const hash = createHash('sha256')
  const block = Buffer.allocUnsafe(1024 * 1024)
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await local.read(block, 0, Math.min(block.length, bytes - at), at)
    if (bytesRead === 0) break
    hash.update(block.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash
}

async function keepAttributes(part: string, { mode, modifiedS }: PlannedFile): Promise<void> {
  try {
    if (mode !== null && ownRules !== 'windows') await chmod(part, mode)
    await utimes(part, modifiedS, modifiedS)
  } catch (error) {
    throw localWriteError(error, part)
  }
}

function changed(path: string): AppError {
  return new AppError('files.changed', { name: path.split(/[/\\]/).at(-1)! })
}

type Room = ReturnType<typeof createRoom>

/** Lets a number of things be on their way at once. The first that fails ends it. */
function createRoom(limit: number) {
  let taken = 0
  let failure: unknown = null
  let wake = () => undefined as void

  async function until(isMet: () => boolean) {
    while (!isMet() && failure === null) await new Promise<void>((resolve) => (wake = resolve))
    if (failure !== null) throw failure
  }
  return {
    free: () => until(() => taken < limit),
    empty: () => until(() => taken === 0),
    take(work: Promise<void>) {
      taken++
      const settle = () => {
        taken--
        wake()
      }
      work.then(settle, (error: unknown) => {
        failure ??= error
        settle()
      })
    },
  }
}
