import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'

export type LogLevel = 'info' | 'warn' | 'error'
/** One line for people; `text` is the message with its data. */
export type LogLine = { at: string; level: LogLevel; text: string }
export type Log = {
  folder: string
  write(level: LogLevel, msg: string, data?: Record<string, unknown>): void
}
/** A log that can be read and emptied too. */
export type LogFile = Log & {
  /** The last lines of that level or above, newest first. */
  lines(level: LogLevel, count: number): LogLine[]
  /** Removes the log and its older files. */
  clear(): void
}

const maxBytes = 5 * 1024 * 1024
const keptFiles = 3
const ages = Array.from({ length: keptFiles }, (_, age) => age + 1)
const shownBytes = 512 * 1024
const ranks: Record<LogLevel, number> = { info: 0, warn: 1, error: 2 }

/**
 * Opens the app's log: JSON lines `{at, level, msg, data}` in `folder/app.log`, rotated at 5 MiB, three old files kept.
 * Everything is redacted on its way in. A log that cannot be written never stops the app.
 */
export function openLog(folder: string, now: () => Date = () => new Date()): LogFile {
  const file = join(folder, 'app.log')
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    // An unwritable folder shows when the log is opened by the user; work goes on.
  }
  return {
    folder,
    write(level, msg, data) {
      const line = redact(JSON.stringify({ at: now().toISOString(), level, msg, ...(data ? { data } : {}) }))
      try {
        rotate(file, line.length)
        appendFileSync(file, line + '\n', { mode: 0o600 })
      } catch {
        // Full disk or removed folder: the journal reports that, the log must not.
      }
    },
    lines: (level, count) => lastLines(file, level, count),
    clear() {
      for (const name of [file, ...ages.map((age) => `${file}.${age}`)]) rmSync(name, { force: true })
    },
  }
}

/** Replaces what must never be written down: SAS signatures, tokens, keys, passwords, private keys. */
export function redact(text: string): string {
  return (
    text
      .replace(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g, '[private key]')
      .replace(
        /([?&;\s"']|\\u0026|^)(sig|skoid|code|client_secret|refresh_token|access_token|id_token|client_assertion|password)=[^&\s"'\\]+/gi,
        '$1$2=[redacted]',
      )
      .replace(/\b(Bearer|SharedKey|Basic)\s+[A-Za-z0-9._~+/:=-]{8,}/g, '$1 [redacted]')
      // A proxy or blob address with a user name in it.
      .replace(/(:\/\/)[^\s/:@"'\\]+:[^\s/@"'\\]+@/g, '$1[redacted]@')
      .replace(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '[token]')
      .replace(/\b(AccountKey|SharedAccessSignature)=[^;"\s\\]+/gi, '$1=[redacted]')
      .replace(
        /(\\?["'](?:[a-z]*password|[a-z_]*secret|adminPassword|accessToken|refreshToken|access_token|refresh_token|accessSAS|accountKey|key1|key2|authorization)\\?["']\s*:\s*\\?["'])(?:[^"'\\]|\\(?!["']))+/gi,
        '$1[redacted]',
      )
  )
}

function rotate(file: string, nextBytes: number) {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size + nextBytes <= maxBytes) return
  for (let age = keptFiles - 1; age >= 1; age--) moveIfThere(`${file}.${age}`, `${file}.${age + 1}`)
  moveIfThere(file, `${file}.1`)
}

function moveIfThere(from: string, to: string) {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to)
}

function lastLines(file: string, level: LogLevel, count: number): LogLine[] {
  const lines: LogLine[] = []
  for (const text of tailOf(file).split('\n').reverse()) {
    const line = lineFrom(text)
    if (line && ranks[line.level] >= ranks[level]) lines.push(line)
    if (lines.length === count) break
  }
  return lines
}

/** A log may have been written by an older version, which redacted less. */
function lineFrom(text: string): LogLine | null {
  try {
    const { at, level, msg, data } = JSON.parse(text) as Record<string, unknown>
    if (typeof at !== 'string' || typeof msg !== 'string' || !Object.hasOwn(ranks, String(level))) return null
    const said = data === undefined ? msg : `${msg} ${JSON.stringify(data)}`
    return { at, level: level as LogLevel, text: redact(said) }
  } catch {
    return null
  }
}

function tailOf(file: string): string {
  let descriptor: number | null = null
  try {
    descriptor = openSync(file, 'r')
    const { size } = fstatSync(descriptor)
    const bytes = Buffer.alloc(Math.min(size, shownBytes))
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8')
  } catch {
    return ''
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}
