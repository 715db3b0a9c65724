import { fork, type ChildProcess } from 'node:child_process'
import { AppError, toErrorData, type ErrorData } from '../../shared/errors'
import { builtProgram, childEnvironment } from '../disks/built-program'
import type { Network } from '../net/network'
import type { Exchange } from '../net/seam'
import type { AccessSource } from './access'
import type { FromUpload, Question, ToUpload } from './messages'
import type { UploadProgress } from './meter'
import type { Pace } from './pace'
import type { UploadResult, UploadSpec } from './spec'

/** What an upload asks of the program that starts it, and tells it. */
export type UploadCallbacks = {
  /** Holds all uploads of this program together to the limit of the moment. */
  pace: Pace
  /** Proxy and trust of the moment. */
  network: Network
  signal: AbortSignal
  onProgress(progress: UploadProgress): void
  /** For whoever watches the cloud; only with a profile. */
  onExchange?(exchange: Exchange): void
} & AccessSource

export type UploadProcess = {
  /** Rejects with what `performUpload` throws, or `upload.process-ended`; the same description goes on where it was. */
  readonly result: Promise<UploadResult>
  /** Requests under way are brought to their end, no more are sent. */
  pause(): void
  resume(): void
}

/** How often limit and trust are compared with what the process knows. */
const lookMs = 200
/** What is under way after a cancellation has this long to end. */
const leaveLimitMs = 5000
const keptErrorText = 2000

/**
 * Runs an upload in a process of its own, so that neither its work nor its memory is the window's.
 * It ends with this process, and knows nothing secret but by message.
 */
export function startUpload(spec: UploadSpec, callbacks: UploadCallbacks): UploadProcess {
  const child = fork(builtProgram('upload.cjs'), [], {
    execPath: process.execPath,
    execArgv: [],
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  })
  const send = (message: ToUpload) => {
    if (child.connected) child.send(message, () => undefined)
  }
  let isPaused = false
  let last: UploadProgress | null = null
  const show = (progress: UploadProgress) => {
    last = progress
    callbacks.onProgress(isPaused ? { ...progress, waiting: 'paused', bytesPerSecond: 0, secondsLeft: null } : progress)
  }
  const setPaused = (next: boolean) => {
    isPaused = next
    send({ kind: next ? 'pause' : 'resume' })
    if (last) show(last)
  }
  return {
    result: follow(child, spec, callbacks, send, show),
    pause: () => setPaused(true),
    resume: () => setPaused(false),
  }
}

async function follow(
  child: ChildProcess,
  spec: UploadSpec,
  callbacks: UploadCallbacks,
  send: (message: ToUpload) => void,
  show: (progress: UploadProgress) => void,
): Promise<UploadResult> {
  const { signal } = callbacks
  const { atStart, tellChanges } = settingsOf(callbacks, send)
  let killing: NodeJS.Timeout | undefined
  const look = setInterval(tellChanges, lookMs)
  const cancel = () => {
    send({ kind: 'cancel' })
    killing = setTimeout(() => child.kill('SIGKILL'), leaveLimitMs)
  }
  signal.addEventListener('abort', cancel, { once: true })
  send({ kind: 'start', spec, ...atStart })
  if (signal.aborted) cancel()
  try {
    return await lastWord(child, signal, (message) => {
      if (message.kind === 'progress') show(message.progress)
      if (message.kind === 'exchange') callbacks.onExchange?.(message.exchange)
      if (message.kind !== 'question') return
      const { id } = message
      answer(message.question, callbacks).then(
        (value) => {
          // First of all: a new proxy may show a certificate of an authority that came with it.
          tellChanges()
          send({ kind: 'answer', id, value })
        },
        (error: unknown) => send({ kind: 'refusal', id, error: toErrorData(error) }),
      )
    })
  } finally {
    clearInterval(look)
    clearTimeout(killing)
    signal.removeEventListener('abort', cancel)
  }
}

/** Limit and trust, at the start and whenever they are others than the process knows. */
function settingsOf({ pace, network }: UploadCallbacks, send: (message: ToUpload) => void) {
  const atStart = { limit: pace.limit(), authorities: network.authorities() }
  let { limit, authorities } = atStart
  const tellChanges = () => {
    const now = { limit: pace.limit(), authorities: network.authorities() }
    if (now.limit !== limit) send({ kind: 'limit', bytesPerSecond: (limit = now.limit) })
    if (now.authorities.join() === authorities.join()) return
    authorities = now.authorities
    send({ kind: 'authorities', authorities })
  }
  return { atStart, tellChanges }
}

/** Waits until the process is gone, so that nobody else writes to the target or the journal any more. */
function lastWord(
  child: ChildProcess,
  signal: AbortSignal,
  heard: (message: FromUpload) => void,
): Promise<UploadResult> {
  let errorText = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorText = (errorText + text).slice(-keptErrorText)
  })
  return new Promise((resolve, reject) => {
    let result: UploadResult | null = null
    let failure: ErrorData | null = null
    child.on('message', (message: FromUpload) => {
      if (message.kind === 'done') result = message.result
      else if (message.kind === 'failed') failure = message.error
      else heard(message)
    })
    const ended = (why: string) => {
      if (result) return resolve(result)
      if (failure) return reject(new AppError(failure.code, failure.params, failure.details))
      if (signal.aborted) return reject(new AppError('cancelled'))
      reject(new AppError('upload.process-ended', {}, { message: `${why}\n${errorText}`.trim() }))
    }
    child.once('error', (error) => ended(error.message))
    child.once('close', (code, by) => ended(`ended with ${by ?? `code ${code}`}`))
  })
}

async function answer(
  question: Question,
  { pace, network, signal, renewUrl, token }: UploadCallbacks,
): Promise<unknown> {
  switch (question.about) {
    case 'url':
      return renewUrl(question.url)
    case 'token':
      return token(question.isRefused)
    case 'proxy':
      return network.proxyFor(new URL(question.origin))
    case 'bytes':
      await pace.take(question.bytes, signal)
      return null
  }
}
