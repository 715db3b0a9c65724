import { AppError, toErrorData, type ErrorData } from '../../shared/errors'
import { toldNetwork } from '../net/network'
import { createSeam, type Exchange } from '../net/seam'
import { createTransport } from '../net/transport'
import type { Send } from './blob-requests'
import { pause as wait } from './insist'
import type { Answers, FromUpload, Question, ToUpload } from './messages'
import type { Pace } from './pace'
import { performUpload } from './perform'
import type { UploadSpec } from './spec'

const exchangeEveryMs = 100
const proxyForMs = 2000
const lookMs = 100

const cancel = new AbortController()
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: AppError): void }>()
let asked = 0
let limit: number | null = null
let isPaused = false
let authorities: string[] = []

// The terminal's Ctrl+C reaches every process: the one that started this one decides and tells.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
// A file that may not grow any more would end the process; with a listener the write fails instead, and says so.
process.on('SIGXFSZ', () => undefined)
// Without it nobody would end this process, nor learn what it does.
process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToUpload) => heard(message))

function heard(message: ToUpload): void {
  switch (message.kind) {
    case 'start':
      limit = message.limit
      authorities = message.authorities
      void work(message.spec)
      break
    case 'limit':
      limit = message.bytesPerSecond
      break
    case 'authorities':
      authorities = message.authorities
      break
    case 'pause':
    case 'resume':
      isPaused = message.kind === 'pause'
      break
    case 'cancel':
      cancel.abort(new AppError('cancelled'))
      break
    case 'answer':
      waiting.get(message.id)?.resolve(message.value)
      waiting.delete(message.id)
      break
    case 'refusal':
      waiting.get(message.id)?.reject(asAppError(message.error))
      waiting.delete(message.id)
  }
}

async function work(spec: UploadSpec): Promise<void> {
  const wire = openWire(spec)
  try {
    const result = await performUpload(spec, {
      send: wire.send,
      access: {
        renewUrl: (url) => ask<'url'>({ about: 'url', url }),
        token: (isRefused) => ask<'token'>({ about: 'token', isRefused }),
      },
      pace,
      signal: cancel.signal,
      onProgress: (progress) => tell({ kind: 'progress', progress }),
    })
    wire.flush()
    leave({ kind: 'done', result })
  } catch (error) {
    wire.flush()
    leave({ kind: 'failed', error: toErrorData(error) })
  } finally {
    wire.close()
  }
}

/** The way out of this process; the settings are kept by the program that started it. */
function openWire({ profile }: UploadSpec): { send: Send; flush(): void; close(): void } {
  const ways = new Map<string, { atMs: number; proxy: Promise<Answers['proxy']> }>()
  const network = toldNetwork({
    authorities: () => authorities,
    proxyFor({ origin }) {
      const known = ways.get(origin)
      if (known && performance.now() - known.atMs < proxyForMs) return known.proxy
      const proxy = ask<'proxy'>({ about: 'proxy', origin })
      ways.set(origin, { atMs: performance.now(), proxy })
      return proxy
    },
  })
  if (!profile) {
    const transport = createTransport(network, null)
    return { send: (request) => transport.direct(request), flush: () => undefined, close: () => transport.close() }
  }
  const seam = createSeam(profile, network)
  let toldMs = -Infinity
  let held: Exchange | null = null
  let status = 0
  seam.watch((exchange) => {
    // Of many alike, one now and then is enough to show that the cloud answers; every change is told, and the last one.
    held = exchange
    if (exchange.status === status && performance.now() - toldMs < exchangeEveryMs) return
    status = exchange.status
    toldMs = performance.now()
    flush()
  })
  const flush = () => {
    if (held) tell({ kind: 'exchange', exchange: held })
    held = null
  }
  return { send: (request) => seam.direct(request), flush, close: () => seam.close() }
}

const pace: Pace = {
  limit: () => limit,
  async take(bytes, signal) {
    while (isPaused) await wait(lookMs, signal)
    if (limit !== null) await ask<'bytes'>({ about: 'bytes', bytes })
  },
}

function ask<About extends keyof Answers>(question: Extract<Question, { about: About }>): Promise<Answers[About]> {
  const id = ++asked
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: (value) => resolve(value as Answers[About]), reject })
    tell({ kind: 'question', id, question })
  })
}

function tell(message: FromUpload): void {
  if (process.connected) process.send!(message)
}

/** The last word, after which nothing keeps this process alive. */
function leave(message: FromUpload): void {
  if (!process.connected) return
  process.send!(message, undefined, undefined, () => process.disconnect())
}

function asAppError({ code, params, details }: ErrorData): AppError {
  return new AppError(code, params, details)
}
