import { fork, type ChildProcess } from 'node:child_process'
import { AppError } from '../../shared/errors'
import type { Inspection } from '../../shared/outputs'
import { builtProgram, childEnvironment } from './built-program'
import { finding } from './findings'
import type { FromInspection, ToInspection } from './inspect-messages'
import { cutShort, unreadable } from './verdict'

export type ApartOptions = {
  signal?: AbortSignal
  /** Milliseconds. */
  limitMs?: number
}

const defaultLimitMs = 30_000

/**
 * Looks into a disk image in a process of its own, so that whatever is in the image can neither stop nor fill this one. After
 * 30 s, or when it needs 350 MiB more than it began with, it is ended; what is known by then is the answer.
 * Throws AppError `file.*` as `inspect` does, `cancelled`.
 */
export async function inspectApart(file: string, options: ApartOptions = {}): Promise<Inspection> {
  if (options.signal?.aborted) throw new AppError('cancelled')
  const started = performance.now()
  const child = fork(builtProgram('xray.cjs'), [], {
    execPath: process.execPath,
    execArgv: ['--max-old-space-size=256'],
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'json',
  })
  try {
    child.send({ file } satisfies ToInspection)
    const seen = await answerOf(child, options)
    return { ...seen, ms: Math.round(performance.now() - started) }
  } finally {
    child.kill('SIGKILL')
  }
}

function answerOf(child: ChildProcess, { signal, limitMs = defaultLimitMs }: ApartOptions): Promise<Inspection> {
  return new Promise((resolve, reject) => {
    let soFar: Inspection | null = null
    const giveUp = () =>
      resolve(soFar ? cutShort(soFar) : unreadable('unknown', 0, [finding('guest.unreadable:limit', 'block')]))
    const timer = setTimeout(giveUp, limitMs)
    const cancel = () => reject(new AppError('cancelled'))
    signal?.addEventListener('abort', cancel, { once: true })
    child.on('message', (message: FromInspection) => {
      if (message.kind === 'so-far') soFar = message.inspection
      else if (message.kind === 'done') resolve(message.inspection)
      else if (message.kind === 'failed')
        reject(new AppError(message.error.code, message.error.params, message.error.details))
      else giveUp()
    })
    child.once('error', giveUp)
    child.once('exit', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      giveUp()
    })
  })
}
