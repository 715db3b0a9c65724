import { refuseTooLarge } from '../container'
import type { Image } from './layout'
import { quoted } from '../quoted'
import { refuse } from '../refusal'
import { bytesAt } from '../source'

const longestTable = 32 * 1024 * 1024
const backingFormatExtension = 0xe2792aca
const bitmapsExtension = 0x23852875

export type Qcow2Header = {
  version: number
  clusterBits: number
  clusterSize: number
  size: number
  firstTable: { at: number; entries: number }
  references: { at: number; clusters: number; bits: number }
  /** Snapshots and bitmaps have clusters of their own that no table of the disk leads to. */
  hasOthers: boolean
  isDirty: boolean
  isZstd: boolean
  /** 16 bytes per entry, with a bit for each of 32 parts of the cluster. */
  isExtended: boolean
  backing: { name: string; isRaw: boolean } | null
}

/** qemu, docs/interop/qcow2.txt. Throws Refusal for what is damaged, encrypted, or of a kind that cannot be read. */
export async function readQcow2Header(image: Image): Promise<Qcow2Header> {
  const bytes = Buffer.alloc(4096)
  ;(await bytesAt(image.source, 0, 4096)).copy(bytes)
  const name = quoted(image.source.file ?? '')
  const version = bytes.readUInt32BE(4)
  if (version === 1) {
    const text = `qemu-img convert -f qcow -O qcow2 ${name} disk.qcow2`
    refuse('disk.format.unsupported:other', { kind: 'qcow' }, [{ on: 'here', text }])
  }
  const clusterBits = bytes.readUInt32BE(20)
  if ((version !== 2 && version !== 3) || clusterBits < 9 || clusterBits > 21)
    refuse('disk.corrupt', { format: 'qcow2' })
  if (bytes.readUInt32BE(32) !== 0) refuse('disk.encrypted:image')
  const { isDirty, isZstd, isExtended } = featuresOf(bytes, version, name)
  if (isExtended && clusterBits < 14) refuse('disk.corrupt', { format: 'qcow2' })
  const size = number64(bytes, 24)
  refuseTooLarge(size)
  if (size === 0) refuse('disk.empty')
  const clusterSize = 2 ** clusterBits
  const order = version === 3 ? bytes.readUInt32BE(96) : 4
  const references = { at: number64(bytes, 48), clusters: bytes.readUInt32BE(56), bits: 2 ** order }
  const firstTable = { at: number64(bytes, 40), entries: bytes.readUInt32BE(36) }
  const fits = (at: number, length: number) =>
    at >= clusterSize && at % clusterSize === 0 && length <= longestTable && at + length <= image.source.size
  const covered = clusterSize * (clusterSize / (isExtended ? 16 : 8))
  const isWhole = order <= 6 && fits(references.at, references.clusters * clusterSize)
  if (!isWhole || !fits(firstTable.at, firstTable.entries * 8) || firstTable.entries < Math.ceil(size / covered)) {
    refuse('disk.corrupt', { format: 'qcow2' })
  }
  const extensions = extensionsOf(bytes, version === 3 ? bytes.readUInt32BE(100) : 72)
  const backing = await backingOf(image, bytes, extensions)
  const hasOthers = bytes.readUInt32BE(60) > 0 || extensions.has(bitmapsExtension)
  return {
    version,
    clusterBits,
    clusterSize,
    size,
    firstTable,
    references,
    hasOthers,
    isDirty,
    isZstd,
    isExtended,
    backing,
  }
}

function featuresOf(bytes: Buffer, version: number, name: string) {
  if (version === 2) return { isDirty: false, isZstd: false, isExtended: false }
  const [high, low] = [bytes.readUInt32BE(72), bytes.readUInt32BE(76)]
  if ((low & 2) !== 0) refuse('disk.corrupt:marked', {}, [{ on: 'here', text: `qemu-img check -r all ${name}` }])
  if ((low & 4) !== 0) refuse('disk.format.unsupported:data-file', {}, convert(name))
  if (high !== 0 || low > 0x1f) refuse('disk.format.unsupported:feature', { format: 'qcow2' }, convert(name))
  const packing = (low & 8) !== 0 ? bytes[104]! : 0
  if (packing > 1) refuse('disk.format.unsupported:feature', { format: 'qcow2' }, convert(name))
  return { isDirty: (low & 1) !== 0, isZstd: packing === 1, isExtended: (low & 16) !== 0 }
}

function convert(name: string) {
  return [{ on: 'here' as const, text: `qemu-img convert -f qcow2 -O vhdx ${name} disk.vhdx` }]
}

function extensionsOf(bytes: Buffer, from: number): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = from; at + 8 <= bytes.length;) {
    const [kind, length] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
    if (kind === 0 || at + 8 + length > bytes.length) break
    found.set(kind, bytes.subarray(at + 8, at + 8 + length))
    at += 8 + Math.ceil(length / 8) * 8
  }
  return found
}

async function backingOf(
  image: Image,
  bytes: Buffer,
  extensions: Map<number, Buffer>,
): Promise<Qcow2Header['backing']> {
  const [at, length] = [number64(bytes, 8), bytes.readUInt32BE(16)]
  if (at === 0 || length === 0) return null
  if (length > 1023 || at + length > image.source.size) refuse('disk.corrupt', { format: 'qcow2' })
  const name = (await bytesAt(image.source, at, length)).toString('utf8')
  // What a raw disk holds is the guest's: it must not be read as something else because it looks like it.
  return { name, isRaw: extensions.get(backingFormatExtension)?.toString('latin1') === 'raw' }
}

function number64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64BE(at))
}
