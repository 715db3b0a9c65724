const perPart = 512 * 1024
/** 32 MiB of memory: 16 TiB of clusters of 64 KiB. */
const mostParts = 512

/** A set of clusters of a file, by number; only the parts of the file that hold some of them take memory. */
export class Clusters {
  private readonly parts = new Map<number, Uint8Array>()
  /** Clusters that follow each other are mostly in the same part. */
  private last: { number: number; part: Uint8Array } | null = null
  size = 0

  /** False when it was in the set before, or when the set would become too large. */
  add(cluster: number): boolean {
    const number = Math.floor(cluster / perPart)
    const part = this.last?.number === number ? this.last.part : this.partAt(number)
    if (!part) return false
    const bit = cluster % perPart
    const mask = 1 << (bit & 7)
    if ((part[bit >> 3]! & mask) !== 0) return false
    part[bit >> 3]! |= mask
    this.size++
    return true
  }

  has(cluster: number): boolean {
    const number = Math.floor(cluster / perPart)
    const part = this.last?.number === number ? this.last.part : this.parts.get(number)
    const bit = cluster % perPart
    return ((part?.[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
  }

  private partAt(number: number): Uint8Array | null {
    const part = this.parts.get(number) ?? new Uint8Array(perPart / 8)
    if (!this.parts.has(number) && this.parts.size >= mostParts) return null
    this.parts.set(number, part)
    this.last = { number, part }
    return part
  }
}

const countsPerPart = 64 * 1024

/** How often clusters of a file are used, by number; like `Clusters` in what it takes. */
export class ClusterCounts {
  private readonly parts = new Map<number, Uint16Array>()
  size = 0

  add(cluster: number): void {
    const number = Math.floor(cluster / countsPerPart)
    let part = this.parts.get(number)
    // Without a count a cluster is taken for one that nothing uses, and found fault with.
    if (!part && this.parts.size >= mostParts) return
    if (!part) this.parts.set(number, (part = new Uint16Array(countsPerPart)))
    if (part[cluster % countsPerPart]! === 0) this.size++
    part[cluster % countsPerPart]! += 1
  }

  of(cluster: number): number {
    if (this.size === 0) return 0
    return this.parts.get(Math.floor(cluster / countsPerPart))?.[cluster % countsPerPart] ?? 0
  }
}
