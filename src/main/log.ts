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
import { redact } from '../shared/redact'

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
