import { createHash } from 'node:crypto'
import type { Disk } from './disk'
import { footerBytes, makeFixedFooter } from './formats/vhd'

const mebibyte = 1024 * 1024
const sampleBytes = 64 * 1024
const samples = 64

/** A disk as Azure takes it: data padded with zeros to a whole MiB, then a fixed footer. */
export type FixedVhdView = {
  /** Bytes of data and footer together. */
  readonly size: number
  readonly dataBytes: number
  readonly footer: Buffer
  /** Tells this content from another at the cost of a few MiB read: size, id and samples. 64 hexadecimal digits. */
  readonly fingerprint: string
  readonly storedBytes: number
  readonly disk: Disk
  /** False when the range is known to be zeros without reading it. */
  mayHoldData(offset: number, length: number): boolean
  read(buffer: Uint8Array, offset: number): Promise<void>
}

/** Virtual size rounded up to the whole MiB that Azure asks for. */
export function paddedSize(virtualSize: number): number {
  return Math.ceil(virtualSize / mebibyte) * mebibyte
}

/**
 * Shows a disk as a fixed VHD. The same file gives the same bytes every time, so an upload that is picked up tomorrow
 * sends the footer it would have sent today: an intact fixed footer is passed on as it is, any other is made from
 * the file's own id, time and content.
 * Azure's rules: https://learn.microsoft.com/azure/virtual-machines/linux/create-upload-generic
 */
export async function fixedVhdView(disk: Disk): Promise<FixedVhdView> {
  const dataBytes = paddedSize(disk.virtualSize)
  const size = dataBytes + footerBytes
  const fingerprint = await fingerprintOf(disk)
  const footer = footerFor(disk, dataBytes, fingerprint)
  return {
    size,
    dataBytes,
    footer,
    fingerprint,
    storedBytes: Math.min(disk.storedBytes, dataBytes),
    disk,
    mayHoldData(offset, length) {
      if (offset >= disk.virtualSize) return false
      const last = Math.floor((Math.min(offset + length, disk.virtualSize) - 1) / disk.blockSize)
      for (let block = Math.floor(offset / disk.blockSize); block <= last; block++) {
        if (disk.isAllocated(block)) return true
      }
      return false
    },
    async read(buffer, offset) {
      const fromDisk = Math.max(0, Math.min(buffer.length, disk.virtualSize - offset))
      if (fromDisk > 0) await disk.read(buffer.subarray(0, fromDisk), offset)
      const fromData = Math.max(fromDisk, Math.min(buffer.length, dataBytes - offset))
      buffer.fill(0, fromDisk, fromData)
      if (fromData < buffer.length) footer.copy(buffer, fromData, offset + fromData - dataBytes)
    },
  }
}

function footerFor(disk: Disk, dataBytes: number, fingerprint: string): Buffer {
  const own = disk.footer
  if (own?.type === 'fixed' && own.currentSize === dataBytes && own.dataOffset === null) return own.bytes
  return makeFixedFooter({
    sizeBytes: dataBytes,
    uniqueId: disk.uniqueId ?? fingerprint.slice(0, 32),
    createdMs: own?.createdMs ?? disk.modifiedMs,
  })
}

async function fingerprintOf(disk: Disk): Promise<string> {
  const hash = createHash('sha256').update(`${disk.virtualSize} ${disk.uniqueId ?? ''}`)
  // A parent that was exchanged makes another disk, even where no sample meets it.
  for (const { size, modifiedMs } of disk.files.slice(1)) hash.update(` ${size} ${modifiedMs}`)
  const buffer = Buffer.alloc(Math.min(sampleBytes, disk.virtualSize))
  const last = disk.virtualSize - buffer.length
  for (let sample = 0; sample < samples; sample++) {
    await disk.read(buffer, Math.floor((last / (samples - 1)) * sample))
    hash.update(buffer)
  }
  return hash.digest('hex')
}
