const headerBytes = 110
const maxNameBytes = 4096
const lastName = 'TRAILER!!!'

/** Reads the names in a cpio archive of the form `newc`, from pieces as they come. */
export type CpioReader = {
  push(bytes: Uint8Array): void
  /** What comes next is content of this many bytes: they may be pushed, or left out with `leap`. */
  readonly contentBytes: number
  leap(): void
  /** Bytes taken until the archive's end was reached; null before. */
  readonly endedAt: number | null
  readonly isDamaged: boolean
}

/** Layout: cpio(5), "New ASCII Format": a header of hexadecimal numbers, the name and the content, each padded to four bytes. */
export function cpioReader(onName: (name: string) => void): CpioReader {
  let held = Buffer.alloc(0)
  let taken = 0
  let contentBytes = 0
  let endedAt: number | null = null
  let isDamaged = false

  /** Takes one entry's header and name off the front; false when they are not all there yet. */
  function takeEntry(): boolean {
    if (held.length < headerBytes) return false
    const header = held.toString('latin1', 0, headerBytes)
    if (!/^07070[12][0-9a-f]{104}$/i.test(header)) return damaged()
    const sizeBytes = parseInt(header.slice(54, 62), 16)
    const nameBytes = parseInt(header.slice(94, 102), 16)
    if (nameBytes < 1 || nameBytes > maxNameBytes) return damaged()
    const length = padded(headerBytes + nameBytes)
    if (held.length < length) return false
    const name = held.toString('utf8', headerBytes, headerBytes + nameBytes - 1)
    held = held.subarray(length)
    taken += length
    contentBytes = padded(sizeBytes)
    if (name === lastName) endedAt = taken
    else onName(name)
    return endedAt === null
  }

  function damaged(): false {
    isDamaged = true
    return false
  }

  function skip(): void {
    const count = Math.min(contentBytes, held.length)
    held = held.subarray(count)
    contentBytes -= count
    taken += count
  }

  return {
    push(bytes) {
      if (endedAt !== null || isDamaged) return
      // Content is not kept, however large it is.
      const past = Math.min(held.length === 0 ? contentBytes : 0, bytes.length)
      contentBytes -= past
      taken += past
      held = Buffer.concat([held, bytes.subarray(past)])
      do skip()
      while (contentBytes === 0 && takeEntry())
    },
    get contentBytes() {
      return contentBytes
    },
    leap() {
      taken += contentBytes
      contentBytes = 0
    },
    get endedAt() {
      return endedAt
    },
    get isDamaged() {
      return isDamaged
    },
  }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}
