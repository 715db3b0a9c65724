import { Worker } from 'node:worker_threads'
import { builtProgram } from '../built-program'
import type { ByteSource } from '../source'
import type { Wanted } from './files'
import {
  bytesCame,
  bytesFailed,
  type PackedType,
  type SevenZipAnswer,
  type SevenZipJob,
  type SevenZipMessage,
  type SevenZipTask,
} from './seven-zip-job'
import { fetchBytes } from './window'

export type TakenOut = Extract<SevenZipAnswer, { kind: 'files' }>

/** Milliseconds; for tests, which cannot wait that long. */
export type SevenZipOptions = { limitMs?: number }

const volumeLimitMs = 15_000
const packedLimitMs = 8_000
const growthLimitBytes = 300 * 1024 * 1024
const lookMs = 50

/** Takes files out of an NTFS volume. Null when that is damaged or needs more than 15 s or 300 MiB. */
export async function takeOut(
  source: ByteSource,
  wanted: Wanted,
  options: SevenZipOptions = {},
): Promise<TakenOut | null> {
  const answer = await ask(source, { kind: 'files', type: 'NTFS', wanted }, options.limitMs ?? volumeLimitMs)
  return answer.kind === 'files' ? answer : null
}

/** Which of these drivers are in a packed cpio archive. Null when it is damaged or needs more than 8 s or 300 MiB. */
export async function driversInPacked(
  source: ByteSource,
  type: PackedType,
  names: readonly string[],
  options: SevenZipOptions = {},
): Promise<string[] | null> {
  const answer = await ask(source, { kind: 'drivers', type, names }, options.limitMs ?? packedLimitMs)
  return answer.kind === 'drivers' ? answer.names : null
}

/** Runs 7-Zip in a thread, because it reads and computes without a pause: only a thread can be ended. */
async function ask(source: ByteSource, task: SevenZipTask, limitMs: number): Promise<SevenZipAnswer> {
  const [state, bytes] = [new SharedArrayBuffer(4), new SharedArrayBuffer(fetchBytes)]
  const job: SevenZipJob = { task, sizeBytes: source.size, state, bytes }
  // Its words are not for our own output; the module would take the words of our command line for its own.
  const thread = new Worker(builtProgram('seven-zip.cjs'), { workerData: job, stdout: true, stderr: true, argv: [] })
  try {
    return await answerOf(thread, source, job, limitMs)
  } finally {
    await thread.terminate()
  }
}

function answerOf(thread: Worker, source: ByteSource, job: SevenZipJob, limitMs: number): Promise<SevenZipAnswer> {
  return new Promise((resolve) => {
    const before = process.memoryUsage.rss()
    const isTooMuch = () => process.memoryUsage.rss() - before > growthLimitBytes
    const timer = setTimeout(() => end({ kind: 'unreadable' }), limitMs)
    const guard = setInterval(() => isTooMuch() && end({ kind: 'unreadable' }), lookMs)
    const end = (answer: SevenZipAnswer) => {
      clearTimeout(timer)
      clearInterval(guard)
      resolve(answer)
    }
    thread.once('error', () => end({ kind: 'unreadable' }))
    thread.once('exit', () => end({ kind: 'unreadable' }))
    thread.on('message', (message: SevenZipMessage) => {
      if (message.kind === 'read') void serve(source, job, message.offset, message.length)
      else end(message)
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
