import type { Finding } from '../../../shared/outputs'
import { ClusterCounts, Clusters } from './clusters'
import { finding } from '../findings'
import { placeIn, type Qcow2Entry } from './qcow2-entry'
import type { Qcow2Header } from './qcow2-header'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'
import { tableReader } from './table-reader'

/** Tables of 2 TiB in clusters of 64 KiB. */
const mostTableBytes = 256 * 1024 * 1024
/** Of a packed cluster; places up to 1 TiB fit into one number with it. */
const mostSectors = 8192
/** How many packed clusters are compared with each other. */
const mostPacked = 4 * 1024 * 1024
/** What was met on the way through the tables of a qcow2: which clusters they lead to, and what is odd about it. */
export class Qcow2Walk {
  /** Clusters of one thing only, and those that packed clusters share. */
  private readonly whole = new Clusters()
  private readonly packed = new ClusterCounts()
  /** Where packed clusters begin, and how many sectors they have: both in one number. */
  private readonly packedPlaces: number[] = []
  private tableBytes = 0
  private unused = 0
  /** Clusters behind the end of the disk. */
  beyond = 0

  constructor(
    private readonly source: ByteSource,
    private readonly header: Qcow2Header,
  ) {
    this.own(0, header.clusterSize)
    this.own(header.firstTable.at, header.firstTable.entries * 8)
    this.own(header.references.at, header.references.clusters * header.clusterSize)
  }

  damaged(): never {
    return refuse('disk.corrupt', { format: 'qcow2' })
  }

  async firstTable(needed: number): Promise<Float64Array> {
    const { at, entries } = this.header.firstTable
    const bytes = await bytesAt(this.source, at, entries * 8)
    const places = new Float64Array(needed)
    for (let index = 0; index < entries; index++) {
      const [high, low] = [bytes.readUInt32BE(index * 8), bytes.readUInt32BE(index * 8 + 4)]
      const place = (high & 0xffffff) * 2 ** 32 + low
      if ((high & 0x7f000000) !== 0 || place % this.header.clusterSize !== 0) this.damaged()
      if (place === 0) continue
      this.tableBytes += this.header.clusterSize
      if (this.tableBytes > mostTableBytes) refuse('disk.corrupt:large', { format: 'qcow2' })
      if (place + this.header.clusterSize > this.source.size) refuse('disk.truncated:blocks')
      this.own(place, this.header.clusterSize)
      if (index < needed) places[index] = place
    }
    return places
  }

  take(table: Buffer, at: number, entry: Qcow2Entry, needed: number): void {
    const { clusterSize, isExtended } = this.header
    if (entry.kind === 'stored') {
      if (entry.at + Math.min(clusterSize, needed) > this.source.size) refuse('disk.truncated:blocks')
      return this.own(entry.at, clusterSize)
    }
    if (entry.kind === 'packed') {
      const end = Math.min(entry.at + entry.length, this.source.size)
      if (entry.at >= this.source.size) refuse('disk.truncated:blocks')
      for (let cluster = Math.floor(entry.at / clusterSize); cluster * clusterSize < end; cluster++) {
        if (this.whole.has(cluster)) refuse('disk.corrupt:overlap', { format: 'qcow2' })
        this.packed.add(cluster)
      }
      if (this.packedPlaces.length < mostPacked)
        this.packedPlaces.push(entry.at * mostSectors + Math.ceil(((entry.at % 512) + entry.length) / 512) - 1)
      return
    }
    // A cluster may keep its place while it reads as zeros.
    const place = placeIn(table, at)
    if (place === 0) return
    const read = entry.kind === 'parts' ? ((32 - Math.clz32(entry.isStored)) * clusterSize) / 32 : 0
    if (place + Math.min(read, needed) > this.source.size) refuse('disk.truncated:blocks')
    if (!isExtended && place >= this.source.size) refuse('disk.truncated:blocks')
    if (entry.kind === 'zeros' || entry.kind === 'absent') this.unused += clusterSize
    this.own(place, clusterSize)
  }

  private own(at: number, length: number): void {
    const { clusterSize } = this.header
    for (let cluster = at / clusterSize; cluster * clusterSize < at + length; cluster++) {
      if (this.packed.of(cluster) > 0 || !this.whole.add(cluster)) refuse('disk.corrupt:overlap', { format: 'qcow2' })
    }
  }

  /** The file counts for each cluster how often it is used; where that differs, it was not closed properly or is damaged. */
  async compared(name: string): Promise<Finding[]> {
    const { references, clusterSize, isDirty, hasOthers } = this.header
    if (isDirty) return [finding('disk.corrupt:unclean', 'warn'), ...this.said()]
    const table = await bytesAt(this.source, references.at, references.clusters * clusterSize)
    const blocks: { at: number; first: number }[] = []
    const perBlock = (clusterSize * 8) / references.bits
    for (let index = 0; index * 8 < table.length; index++) {
      const at = Number(table.readBigUInt64BE(index * 8))
      if (at === 0) continue
      if (at % clusterSize !== 0) this.damaged()
      if (at + clusterSize > this.source.size) refuse('disk.truncated:blocks')
      this.tableBytes += clusterSize
      if (this.tableBytes > mostTableBytes) refuse('disk.corrupt:large', { format: 'qcow2' })
      this.own(at, clusterSize)
      blocks.push({ at, first: index * perBlock })
    }
    const blockBytes = tableReader(this.source, 'qcow2')
    let isRight = this.arePackedApart()
    let counted = 0
    let lost = 0
    for (const { at, first } of blocks) {
      const bytes = await blockBytes(at, clusterSize)
      for (const { number, count } of countedIn(bytes, references.bits)) {
        const packed = this.packed.of(first + number)
        if (packed > 0 && packed !== count && !hasOthers) isRight = false
        if (packed > 0 || this.whole.has(first + number)) counted++
        else lost++
      }
    }
    const used = this.whole.size + this.packed.size
    isRight &&= counted === used && (hasOthers || lost === 0)
    const free = Math.floor(this.source.size / clusterSize) - used - lost
    if (free > 0) this.unused += free * clusterSize
    const said = this.said()
    const mend = [{ on: 'here' as const, text: `qemu-img check -r all ${name}` }]
    return isRight ? said : [...said, finding('disk.corrupt:counts', 'warn', {}, mend)]
  }

  /** Packed clusters follow each other to the byte, but their length is known in sectors: only the last one may be shared. */
  private arePackedApart(): boolean {
    const places = Float64Array.from(this.packedPlaces).sort()
    let end = 0
    for (const place of places) {
      const at = Math.floor(place / mostSectors)
      if (at < end) return false
      end = Math.max(at + 1, (Math.floor(at / 512) + (place % mostSectors)) * 512)
    }
    return true
  }

  private said(): Finding[] {
    const said: Finding[] = []
    if (this.unused > 0) said.push(finding('disk.unused', 'info', { unused: this.unused }))
    if (this.header.hasOthers) said.push(finding('disk.snapshots', 'info'))
    if (this.beyond > 0)
      said.push(finding('disk.corrupt:lost', 'warn', { lost: this.beyond * this.header.clusterSize }))
    return said
  }
}

/** Clusters in a block of counts that are not zero, by number; counts of more than 16 bits are cut. */
function* countedIn(bytes: Buffer, bits: number): Generator<{ number: number; count: number }> {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0) continue
    if (bits >= 8) {
      const number = Math.floor((at * 8) / bits)
      const end = ((number + 1) * bits) / 8
      yield { number, count: bits === 8 ? bytes[at]! : bytes.readUInt16BE(end - 2) }
      at = end - 1
      continue
    }
    for (let part = 0; part < 8 / bits; part++) {
      const count = (bytes[at]! >> (part * bits)) & ((1 << bits) - 1)
      if (count > 0) yield { number: (at * 8) / bits + part, count }
    }
  }
}
