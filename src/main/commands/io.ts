import type { Readable, Writable } from 'node:stream'
import { toErrorData, type ErrorCode } from '../../shared/errors'
import { errorText } from '../../shared/messages/messages'
import type { Language } from '../../shared/terms'

/** Answers of a check before anything was made. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'cloud.name-taken',
  'cloud.foreign-resource',
  'cloud.region-mismatch',
  'image.generation-mismatch',
  'image.no-replica',
  'upload.target-foreign',
])

/** What a command may touch of the process it runs in. */
export type CommandIo = {
  stdout: Writable
  stderr: Writable
  stdin: Readable
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** Language of errors; English when absent. */
  language?: Language
}

export const exitCodes = { ok: 0, failed: 1, blocked: 2, signIn: 3, cancelled: 130 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Bad use of a command: its text is for the person at the terminal. */
export function badUse(io: CommandIo, message: string, usage: string): ExitCode {
  io.stderr.write(`${message}\n\nUsage: ${usage}\n`)
  return exitCodes.blocked
}

/** Writes code, what happened and what to do to stderr; returns the exit code that fits. */
export function reportError(io: CommandIo, error: unknown): ExitCode {
  const data = toErrorData(error)
  const { what, todo } = errorText(data, io.language ?? 'en', 'keys')
  io.stderr.write(`${data.code}: ${printable(what)}\n${printable(todo)}\n`)
  const { status, serviceCode, requestId, message } = data.details
  const details = [status, serviceCode, requestId, message].filter((part) => part !== undefined && part !== '')
  if (details.length > 0) io.stderr.write(`(${details.join(', ').split('\n').map(printable).join('\n')})\n`)
  return exitCodeOf(data.code)
}

/** 2 for what a check refused or the person gave wrongly, 3 where someone has to sign in, 1 for everything else that failed. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'cancelled') return exitCodes.cancelled
  if (code.startsWith('signIn.')) return exitCodes.signIn
  const isRefused = /^(file|disk|plan|profile|input|quota|storage)\./.test(code) || refusals.has(code)
  return isRefused ? exitCodes.blocked : exitCodes.failed
}

/** Names of files, in disks and from clouds are data: control characters could move the cursor or rewrite the screen. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\uFFFD')
}
