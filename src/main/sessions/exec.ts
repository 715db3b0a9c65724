import { randomBytes } from 'node:crypto'
import { StringDecoder } from 'node:string_decoder'
import type { Client, ClientChannel } from 'ssh2'
import { AppError } from '../../shared/errors'
import type { ExecOptions, Ran } from './session'

export type Job = {
  command: string
  /** Ends what the command started, whoever it runs as; null where closing its channel does that. */
  kill: string | null
}

const tailBytes = 64 * 1024
const graceMs = 2_000

/**
 * Runs a command without a terminal. A lost connection ends it with neither code nor signal; a cancelled one is killed in the VM
 * first. Throws AppError `cancelled`, `session.time-limit` {minutes}, `session.lost`, `session.no-channel`.
 */
export async function execOn(client: Client, job: Job, options: ExecOptions): Promise<Ran> {
  const { signal, stdin, limitMs } = options
  const limit = limitMs === undefined ? null : AbortSignal.timeout(limitMs)
  const stop = limit ? AbortSignal.any([signal, limit]) : signal
  if (stop.aborted) throw new AppError('cancelled')
  const { channel, ended } = await begun(client, job.command, options)
  const cut = () => void killed(client, channel, job)
  stop.addEventListener('abort', cut, { once: true })
  if (stop.aborted) cut()
  try {
    channel.end(stdin ?? '')
    const ran = await ended
    if (signal.aborted) throw new AppError('cancelled')
    if (limit?.aborted) throw new AppError('session.time-limit', { minutes: Math.round((limitMs ?? 0) / 60_000) })
    return ran
  } finally {
    stop.removeEventListener('abort', cut)
  }
}

/**
 * A line for a Bourne shell. All that it starts carries a mark in its environment, by which it is found again when it has to be
 * killed: a signal over SSH reaches nothing that sudo made another user's.
 */
export function linuxJob(command: (mark: string) => string): Job {
  const mark = `BIS_JOB=${randomBytes(9).toString('hex')}`
  const each = `for f in $(grep -lz "^${mark}$" /proc/[0-9]*/environ 2>/dev/null); do p=\${f#/proc/}; kill -$s \${p%/environ}; done`
  const kill = `k='for s in TERM KILL; do ${each}; sleep 1; done'; sudo -n sh -c "$k" 2>/dev/null || sh -c "$k" 2>/dev/null`
  return { command: command(mark), kill }
}

type Begun = { channel: ClientChannel; ended: Promise<Ran> }

/** Listens at once: how a short command ended may come in one packet with the news that it began. */
function begun(client: Client, command: string, options: ExecOptions): Promise<Begun> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      const details = { message: error instanceof Error ? error.message : '' }
      // `reason` is the server's answer (RFC 4254, 5.1); without one nobody answered.
      const isRefused =
        (error as { reason?: unknown } | null)?.reason !== undefined || /unable to exec/i.test(details.message)
      reject(new AppError(isRefused ? 'session.no-channel' : 'session.lost', {}, details))
    }
    try {
      client.exec(command, (error, channel) =>
        error ? fail(error) : resolve({ channel, ended: collected(channel, options) }),
      )
    } catch (error) {
      fail(error)
    }
  })
}

function collected(channel: ClientChannel, { onOutput }: ExecOptions): Promise<Ran> {
  const stdout = tailOf(channel, (text) => onOutput?.(text, 'stdout'))
  const stderr = tailOf(channel.stderr, (text) => onOutput?.(text, 'stderr'))
  let code: number | null = null
  let signal: string | null = null
  channel.on('exit', (ended: number | null, by?: string) => {
    code = ended
    signal = by ?? null
  })
  return new Promise((resolve) => {
    channel.once('close', () => resolve({ code, signal, stdout: stdout(), stderr: stderr() }))
    // What a lost connection says stands in its own error.
    channel.on('error', () => undefined)
  })
}

/** Reads all of a stream and keeps its end; a character that is torn between two packets stays whole. */
function tailOf(stream: NodeJS.ReadableStream, tell: (text: string) => void): () => string {
  const decoder = new StringDecoder('utf8')
  let kept = ''
  stream.on('data', (chunk: Buffer) => {
    const text = decoder.write(chunk)
    if (text === '') return
    kept = (kept + text).slice(-tailBytes)
    tell(text)
  })
  return () => (kept + decoder.end()).slice(-tailBytes)
}

async function killed(client: Client, channel: ClientChannel, { kill }: Job): Promise<void> {
  try {
    channel.signal('TERM')
    if (kill) await quietly(client, kill)
  } catch {
    // The connection went away meanwhile, and the command's terminal with it.
  }
  setTimeout(() => channel.close(), graceMs).unref()
}

/** Starts a command and waits for nothing of it but that it began. */
function quietly(client: Client, command: string): Promise<void> {
  return new Promise((resolve) => {
    client.exec(command, (error, channel) => {
      if (error) return resolve()
      channel.on('error', () => undefined)
      channel.resume()
      channel.stderr.resume()
      resolve()
    })
  })
}
