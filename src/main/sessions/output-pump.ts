/**
 * Passes on what a shell prints: little at once, much in pieces of 64 KiB or what came within 4 ms, and no more than about a megabyte ahead of what the
 * terminal has worked off. The marks are measured: lower ones cost throughput, higher ones delay Ctrl+C.
 */
export type OutputPump = {
  push(chunk: Uint8Array): void
  /** The terminal has worked off so many bytes. */
  seen(bytes: number): void
  isHeld(): boolean
  /** Sends at once what waits. */
  flush(): void
  close(): void
}

export type OutputPumpOptions = {
  send(bytes: Uint8Array): void
  /** Stops or starts the reading of the shell. */
  hold(isHeld: boolean): void
}

export const pieceBytes = 64 * 1024
const pieceMs = 4
/** What a person types, or a program tells them, in that time. */
const littleBytes = 4_096
const highBytes = 1024 * 1024
const lowBytes = 256 * 1024

export function createOutputPump({ send, hold }: OutputPumpOptions): OutputPump {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let unseenBytes = 0
  let isHeld = false
  let timer: NodeJS.Timeout | null = null
  let spanAt = 0
  let spanBytes = 0

  function flush() {
    if (timer) clearTimeout(timer)
    timer = null
    if (waitingBytes === 0) return
    // A copy of its own: a view would take the whole buffer that it lies in along to the other process.
    const piece = new Uint8Array(waitingBytes)
    let at = 0
    for (const chunk of waiting) {
      piece.set(chunk, at)
      at += chunk.length
    }
    waiting = []
    waitingBytes = 0
    unseenBytes += piece.length
    send(piece)
  }

  function isLittle(bytes: number): boolean {
    const now = performance.now()
    if (now - spanAt >= pieceMs) {
      spanAt = now
      spanBytes = 0
    }
    spanBytes += bytes
    return spanBytes <= littleBytes
  }

  function holdBack() {
    const ahead = unseenBytes + waitingBytes
    const next = isHeld ? ahead > lowBytes : ahead > highBytes
    if (next === isHeld) return
    isHeld = next
    hold(isHeld)
  }

  return {
    push(chunk) {
      waiting.push(chunk)
      waitingBytes += chunk.length
      // An echo must not wait for company.
      if (waitingBytes >= pieceBytes || isLittle(chunk.length)) flush()
      else timer ??= setTimeout(flush, pieceMs)
      holdBack()
    },
    seen(bytes) {
      unseenBytes = Math.max(0, unseenBytes - bytes)
      holdBack()
    },
    isHeld: () => isHeld,
    flush,
    close() {
      if (timer) clearTimeout(timer)
      timer = null
      waiting = []
      waitingBytes = 0
    },
  }
}
