import { unwatchFile, watchFile, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { AppError, toErrorData, type ErrorData } from '../shared/errors'
import type { Inspection } from '../shared/outputs'
import { isSameFile, nothingSeen, type FileFacts, type Seen, type XrayView } from '../shared/xray'

export type XrayOptions = {
  /** Reads and judges a disk image; a bad one is an answer, not an error. */
  inspect(file: string, signal: AbortSignal): Promise<Inspection>
  now(): Date
  /** How often a watched file's size and time are asked for; none of its content is read for that. Default 1 s. */
  everyMs?: number
}

/** What was seen in files since the program started: the form and the step that follows it share one look. */
export type Xray = {
  /** What is in a file; a look that goes on, or one at the same size and time, is not made again. Throws AppError `file.*`, `cancelled`. */
  look(file: string, signal: AbortSignal): Promise<Inspection>
  /** Looks anew at once, for everybody who watches the file. */
  again(file: string): void
  /** Ends the look that goes on. */
  stop(file: string): void
  /** Looks where nobody has yet, and tells of every change of the file until the function returned is called. */
  watch(file: string, listener: (view: XrayView) => void): () => void
}

type Going = { answer: Promise<Inspection>; controller: AbortController }
type Looked = {
  seen: Seen | null
  error: ErrorData | null
  going: Going | null
  tell: Set<() => void>
}

const defaultEveryMs = 1000

export function createXray(options: XrayOptions): Xray {
  const files = new Map<string, Looked>()

  function at(file: string): Looked {
    const known = files.get(file) ?? { seen: null, error: null, going: null, tell: new Set() }
    files.set(file, known)
    return known
  }

  function begin(file: string): Going {
    const looked = at(file)
    const controller = new AbortController()
    const going: Going = { controller, answer: untilAborted(read(file, looked, controller.signal), controller.signal) }
    looked.going = going
    going.answer.then(
      () => ended(looked, going, null),
      (error: unknown) => ended(looked, going, toErrorData(error)),
    )
    tell(looked)
    return going
  }

  async function read(file: string, looked: Looked, signal: AbortSignal): Promise<Inspection> {
    // Before the look: a file that is written meanwhile then differs from what was seen.
    const facts = await factsOf(file)
    const inspection = await options.inspect(file, signal)
    if (!signal.aborted && facts) looked.seen = { ...facts, inspection, at: options.now().toISOString() }
    return inspection
  }

  function ended(looked: Looked, going: Going, error: ErrorData | null): void {
    if (looked.going !== going) return
    looked.going = null
    looked.error = error
    tell(looked)
  }

  return {
    async look(file, signal) {
      const looked = at(file)
      const seen = looked.going ? null : await stillTrue(looked.seen, file)
      if (seen) return seen.inspection
      const { answer, controller } = looked.going ?? begin(file)
      const stop = () => controller.abort()
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      return answer.finally(() => signal.removeEventListener('abort', stop))
    },
    again(file) {
      at(file).going?.controller.abort()
      begin(file)
    },
    stop: (file) => at(file).going?.controller.abort(),
    watch(file, listener) {
      const looked = at(file)
      let facts: FileFacts | null = null
      let isClosed = false
      const show = () => {
        if (isClosed) return
        const { seen, error, going } = looked
        listener({ ...nothingSeen, file, facts, seen, error, isLooking: going !== null })
      }
      const lies = (now: FileFacts | null) => {
        facts = now
        show()
      }
      const changed = (now: Stats) => lies(now.isFile() ? factsIn(now) : null)
      looked.tell.add(show)
      // Not `watch`: that one is silent on network drives and loses a file that is replaced.
      watchFile(file, { interval: options.everyMs ?? defaultEveryMs, persistent: false }, changed)
      void factsOf(file).then((now) => {
        lies(now)
        if (!isClosed && !looked.going && !looked.seen) begin(file)
      })
      return () => {
        isClosed = true
        looked.tell.delete(show)
        unwatchFile(file, changed)
      }
    },
  }
}

function tell({ tell }: Looked): void {
  for (const one of tell) one()
}

async function stillTrue(seen: Seen | null, file: string): Promise<Seen | null> {
  const facts = await factsOf(file)
  return seen && facts && isSameFile(seen, facts) ? seen : null
}

async function factsOf(file: string): Promise<FileFacts | null> {
  const found = await stat(file).catch(() => null)
  return found?.isFile() ? factsIn(found) : null
}

function factsIn({ size, mtimeMs }: Stats): FileFacts {
  return { sizeBytes: size, modifiedMs: mtimeMs }
}

/** Whoever stops a look need not wait until its reader has noticed. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new AppError('cancelled')), { once: true })
    work.then(resolve, reject)
  })
}
