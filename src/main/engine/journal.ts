import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { AppError } from '../../shared/errors'
import { journalEntry, journalVersion, type Fact, type JournalEntry } from '../../shared/run'
import { writeAtomically } from './files'

export type Journal = {
  /** Writes one fact and returns once it is on disk. Throws `disk-full`; then nothing of the line is left. */
  append(fact: Fact): JournalEntry
  close(): void
}

export type JournalText = {
  entries: JournalEntry[]
  /** newer: written by a newer app; damaged: a line in the middle makes no sense; torn: the last line is incomplete. */
  condition: 'sound' | 'torn' | 'damaged' | 'newer'
  /** Bytes up to the end of the last complete line. */
  soundBytes: number
}

/** Reads a journal without touching it. Lines that make no sense are left out; a missing file is an empty journal. */
export function readJournal(file: string): JournalText {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  const soundBytes = bytes.lastIndexOf(0x0a) + 1
  const lines = bytes.subarray(0, soundBytes).toString('utf8').split('\n').slice(0, -1)
  const entries: JournalEntry[] = []
  let condition: JournalText['condition'] = soundBytes < bytes.length ? 'torn' : 'sound'
  for (const line of lines) {
    const entry = parseLine(line)
    if (entry === 'newer') condition = 'newer'
    else if (entry) entries.push(entry)
    else if (condition !== 'newer') condition = 'damaged'
  }
  return { entries, condition, soundBytes }
}

/**
 * Opens a journal for writing and hands back its facts. An incomplete last line is cut off. A damaged file is kept aside under
 * another name and every line that still makes sense is carried over, so that nothing made is forgotten.
 * Throws `run.newer` for a journal of a newer app, which is left byte for byte as it is.
 */
export function openJournal(file: string, now: () => Date): { journal: Journal; text: JournalText } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const text = readJournal(file)
  if (text.condition === 'newer') throw new AppError('run.newer', {})
  if (text.condition === 'damaged') {
    copyFileSync(file, `${file}.damaged-${now().getTime()}`)
    const lines = text.entries.map((entry, index) => formatLine({ ...entry, seq: index + 1 }))
    writeAtomically(file, lines.join(''))
    text.soundBytes = Buffer.byteLength(lines.join(''))
  }
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600)
  ftruncateSync(descriptor, text.soundBytes)
  let offset = text.soundBytes
  let seq = text.condition === 'damaged' ? text.entries.length : (text.entries.at(-1)?.seq ?? 0)
  syncFolder(dirname(file))

  function append(fact: Fact): JournalEntry {
    const entry: JournalEntry = { v: journalVersion, seq: seq + 1, at: now().toISOString(), ...fact }
    const line = Buffer.from(formatLine(entry))
    try {
      // A full disk may take part of a line without an error: what counts is how much was written.
      const written = writeSync(descriptor, line, 0, line.length, offset)
      if (written !== line.length)
        throw new AppError('disk-full', {}, { message: `${written} of ${line.length} bytes` })
      fdatasyncSync(descriptor)
    } catch (error) {
      ftruncateSync(descriptor, offset)
      throw asDiskFull(error)
    }
    offset += line.length
    seq += 1
    return entry
  }

  return { journal: { append, close: () => closeSync(descriptor) }, text }
}

/** One line: the fact as JSON, its last member a CRC-32 of everything before it. */
function formatLine(entry: JournalEntry): string {
  const text = JSON.stringify(entry)
  return `${text.slice(0, -1)},"crc":"${checksum(text)}"}\n`
}

function parseLine(line: string): JournalEntry | 'newer' | null {
  const match = /^(\{.*),"crc":"([0-9a-f]{8})"\}$/s.exec(line)
  if (!match || checksum(`${match[1]}}`) !== match[2]) return null
  const value: unknown = JSON.parse(`${match[1]}}`)
  const version = (value as { v?: unknown }).v
  if (typeof version === 'number' && version > journalVersion) return 'newer'
  const parsed = journalEntry.safeParse(value)
  return parsed.success ? parsed.data : null
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function asDiskFull(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
  return isFull ? new AppError('disk-full', {}, { message: (error as Error).message }, { cause: error }) : error
}

/** The name of a new file outlives a power cut only when its folder is synced too; Windows does that by itself. */
function syncFolder(folder: string) {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
