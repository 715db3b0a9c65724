const perPart = 512 * 1024
/** 32 MiB of memory: 16 TiB of clusters of 64 KiB. */
const mostParts = 512

/** A set of clusters of a file, by number; only the parts of the file that hold some of them take memory. */
export class Clusters {
  private readonly parts = new Map<number, Uint8Array>()
  size = 0

  /** False when it was in the set before, or when the set would become too large. */
  add(cluster: number): boolean {
    const number = Math.floor(cluster / perPart)
    let part = this.parts.get(number)
    if (!part) {
      if (this.parts.size >= mostParts) return false
      this.parts.set(number, (part = new Uint8Array(perPart / 8)))
    }
    const bit = cluster % perPart
    const mask = 1 << (bit & 7)
    if ((part[bit >> 3]! & mask) !== 0) return false
    part[bit >> 3]! |= mask
    this.size++
    return true
  }

  has(cluster: number): boolean {
    const bit = cluster % perPart
    return ((this.parts.get(Math.floor(cluster / perPart))?.[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
  }
}
