import { coalesce } from './coalesce'

const intervalMs = 100

export type Snapshots = {
  /** Something has changed: a snapshot follows, at most ten a second. */
  touch(): void
  /** Delivers what has changed by now. */
  flush(): Promise<void>
  close(): void
}

/** Builds and delivers whole snapshots; changes in between fall together, the last one is always delivered. */
export function createSnapshots<View>(build: () => Promise<View>, deliver: (view: View) => void): Snapshots {
  const changes = coalesce(intervalMs)
  let delivered: Promise<void> = Promise.resolve()
  let isOutdated = false
  let isClosed = false
  changes.subscribe(() => void send())

  function send(): Promise<void> {
    isOutdated = false
    delivered = delivered.then(async () => {
      const view = isClosed ? null : await build().catch(() => null)
      if (view && !isClosed) deliver(view)
    })
    return delivered
  }

  return {
    touch() {
      isOutdated = true
      changes.tell()
    },
    flush: () => (isOutdated ? send() : delivered),
    close() {
      isClosed = true
      changes.close()
    },
  }
}
