export type Changes = { tell(): void; subscribe(listener: () => void): () => void; close(): void }

/** Tells listeners of changes at most once per interval, at once for the first, and always of the last. */
export function coalesce(intervalMs: number): Changes {
  const listeners = new Set<() => void>()
  let timer: NodeJS.Timeout | null = null
  let isPending = false

  function fire() {
    isPending = false
    timer = setTimeout(() => {
      timer = null
      if (isPending) fire()
    }, intervalMs)
    for (const listener of [...listeners]) listener()
  }

  return {
    tell() {
      if (timer) isPending = true
      else fire()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      if (timer) clearTimeout(timer)
      timer = null
      listeners.clear()
    },
  }
}
