import { open, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'

const stepBytes = 4 * 1024 * 1024

/** What a blob holds, in a sparse file of its own. */
export type Stored = {
  readonly file: string
  write(bytes: Uint8Array, offset: number): Promise<void>
  zero(start: number, end: number): Promise<void>
  read(start: number, end: number): Promise<Buffer>
  /** Copies bytes of another one. */
  take(from: Stored, start: number, end: number, to: number): Promise<void>
  close(): Promise<void>
}

export async function createStored(folder: string, name: string, lengthBytes: number): Promise<Stored> {
  const file = path.join(folder, name)
  const handle = await open(file, 'w+')
  await handle.truncate(lengthBytes)
  const write = (bytes: Uint8Array, offset: number) => writeWhole(handle, bytes, offset)
  return {
    file,
    write,
    async zero(start, end) {
      const zeros = Buffer.alloc(Math.min(stepBytes, end - start))
      for (let at = start; at < end; at += zeros.length) await write(zeros.subarray(0, end - at), at)
    },
    async read(start, end) {
      const bytes = Buffer.alloc(end - start)
      await handle.read(bytes, 0, bytes.length, start)
      return bytes
    },
    async take(from, start, end, to) {
      for (let at = start; at < end; at += stepBytes) {
        await write(await from.read(at, Math.min(end, at + stepBytes)), to + at - start)
      }
    },
    async close() {
      await handle.close()
      await rm(file, { force: true })
    },
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}
