import { AppError } from '../../shared/errors'
import type { Generation, OsType } from '../../shared/terms'
import { inspectSource } from '../disks/inspect'

/** What Azure would find out about a blob that is to become an image; decided by its bytes alone. An image version keeps it as `hidden.verdict`. */
export type Verdict = {
  /** Set when no image can be made of it: Azure's code and words. */
  refusal: { code: string; message: string } | null
  virtualSizeBytes: number
  /** The generation as which a machine boots from it; null when none would. */
  generation: Generation | null
  os: { type: OsType; id: string | null; versionId: string | null } | null
  /** False when a machine made of it would still be the old machine; null when the bytes do not tell. */
  generalized: boolean | null
  encrypted: boolean
  /** Ids of findings in the system that keep a node from reporting: no agent, extensions left, not generalized. */
  obstacles: string[]
}

/** The blob to judge. */
export type JudgedBlob = {
  /** Without query: it appears in messages. */
  url: string
  name: string
  sizeBytes: number
  /** `PageBlob`, `BlockBlob` or `AppendBlob`. */
  type: string
  read(offset: number, length: number): Promise<Buffer>
}

const mebibyte = 1024 * 1024
const footerBytes = 512
const fixedDisk = 2

/** Reads footer, partitions and file systems of a stored VHD: a valid fixed VHD, or Azure's refusal. */
export async function judgeVhd(blob: JudgedBlob): Promise<Verdict> {
  const refusal = await refusalOf(blob)
  if (refusal) return { ...unknown, refusal }
  try {
    const source = {
      size: blob.sizeBytes,
      read: async (buffer: Uint8Array, offset: number) => {
        const bytes = await blob.read(offset, buffer.length)
        if (bytes.length !== buffer.length) throw new AppError('disk.truncated')
        buffer.set(bytes)
      },
    }
    const seen = await inspectSource(source)
    const { virtualSize, generation, os, generalized, encrypted, findings } = seen
    const obstacles = findings.filter(({ severity }) => severity === 'block').map(({ id }) => id)
    return { refusal: null, virtualSizeBytes: virtualSize, generation, os, generalized, encrypted, obstacles }
  } catch (error) {
    // Damage below the footer is no refusal: Azure makes the image, and its machines do not start.
    if (error instanceof AppError) return { ...unknown, virtualSizeBytes: blob.sizeBytes - footerBytes }
    throw error
  }
}

const unknown: Verdict = {
  refusal: null,
  virtualSizeBytes: 0,
  generation: null,
  os: null,
  generalized: null,
  encrypted: false,
  obstacles: [],
}

// Wording of the service: AzureStorageExplorer issue 8800 (cookie), azure-compute-docs create-upload-generic.md (size).
async function refusalOf({ type, url, name, sizeBytes, read }: JudgedBlob): Promise<Verdict['refusal']> {
  if (type !== 'PageBlob') {
    const message = `The source blob ${url} is not a page blob. Only blobs formatted as VHDs can be imported.`
    return { code: 'InvalidParameter', message }
  }
  const dataBytes = sizeBytes - footerBytes
  if (dataBytes < 20 * mebibyte || dataBytes % mebibyte !== 0) {
    const message = `The specified disk '${name}' with blob ${url} has an unsupported virtual size of ${Math.max(0, dataBytes)} bytes. The size must be a whole number (in MBs).`
    if (dataBytes < 20 * mebibyte || dataBytes % footerBytes === 0) return { code: 'InvalidVhd', message }
  }
  const footer = await read(dataBytes, footerBytes)
  if (footer.subarray(0, 8).toString('latin1') !== 'conectix') {
    const message = `The specified cookie value in VHD footer indicates that disk '${name}' with blob ${url} is not a supported VHD. Disk is expected to have cookie value 'conectix'.`
    return { code: 'InvalidVhd', message }
  }
  const diskType = footer.readUInt32BE(60)
  if (diskType !== fixedDisk) {
    const message = `The specified disk type in VHD footer indicates that disk '${name}' with blob ${url} is not a fixed VHD. Only fixed VHDs are supported.`
    return { code: 'InvalidVhd', message }
  }
  const currentSize = Number(footer.readBigUInt64BE(48))
  if (currentSize !== dataBytes || footer.readUInt32BE(64) !== checksumOf(footer)) {
    const message = `The VHD footer of disk '${name}' with blob ${url} is not valid: it gives a size of ${currentSize} bytes for a blob with ${dataBytes} bytes of data.`
    return { code: 'InvalidVhd', message }
  }
  return null
}

/** One's complement of the sum of all bytes, the checksum itself (bytes 64 to 67) left out. */
function checksumOf(footer: Buffer): number {
  let sum = 0
  for (const [index, byte] of footer.entries()) if (index < 64 || index > 67) sum += byte
  return ~sum >>> 0
}
