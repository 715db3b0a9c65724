import { Worker } from 'node:worker_threads'
import { builtProgram } from '../built-program'
import type { ByteSource } from '../source'
import type { Wanted } from './files'
import { bytesCame, bytesFailed, type ArchiveType, type SevenZipJob, type SevenZipMessage } from './seven-zip-job'
import { fetchBytes } from './window'

export type TakenOut = Extract<SevenZipMessage, { kind: 'done' }>

const limitMs = 20_000
const growthLimitBytes = 300 * 1024 * 1024
const lookMs = 50

/**
 * Takes files out of a volume or a packed file with 7-Zip, in a thread that is ended when it needs more than 20 s or
 * 300 MiB. Null when it could not: a damaged volume, or one that 7-Zip does not know.
 */
export async function takeOut(
  source: ByteSource,
  type: ArchiveType,
  wanted: Wanted,
  options: { limitMs?: number } = {},
): Promise<TakenOut | null> {
  const [state, bytes] = [new SharedArrayBuffer(4), new SharedArrayBuffer(fetchBytes)]
  const job: SevenZipJob = { type, sizeBytes: source.size, wanted, state, bytes }
  const thread = new Worker(builtProgram('seven-zip.cjs'), {
    workerData: job,
    stdout: true,
    stderr: true,
    // The module would take the words of our own command line for its arguments.
    argv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  try {
    return await answerOf(thread, source, job, options.limitMs ?? limitMs)
  } finally {
    await thread.terminate()
  }
}

function answerOf(thread: Worker, source: ByteSource, job: SevenZipJob, waitMs: number): Promise<TakenOut | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(null), waitMs)
    const before = process.memoryUsage.rss()
    const guard = setInterval(() => process.memoryUsage.rss() - before > growthLimitBytes && end(null), lookMs)
    const end = (answer: TakenOut | null) => {
      clearTimeout(timer)
      clearInterval(guard)
      resolve(answer?.entries ? answer : null)
    }
    thread.once('error', () => end(null))
    thread.once('exit', () => end(null))
    thread.on('message', (message: SevenZipMessage) => {
      if (message.kind === 'done') end(message)
      else void serve(source, job, message.offset, message.length)
    })
  })
}

/** The thread sleeps until the flag changes; a failed read makes 7-Zip give up. */
async function serve(source: ByteSource, { state, bytes }: SevenZipJob, offset: number, length: number): Promise<void> {
  const flag = new Int32Array(state)
  // File handles do not read into shared memory.
  const buffer = Buffer.allocUnsafe(length)
  const outcome = await source.read(buffer, offset).then(
    () => bytesCame,
    () => bytesFailed,
  )
  new Uint8Array(bytes).set(buffer)
  Atomics.store(flag, 0, outcome)
  Atomics.notify(flag, 0)
}
