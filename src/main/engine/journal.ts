import { open, readFile, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { AppError } from '../../shared/errors'
import { journalEntry, journalVersion, type Fact, type JournalEntry } from '../../shared/run'
import { syncFolder, writing } from './files'

/** How a journal ends: whole; with a line that was being written; with damage in the middle; with lines of a newer app. */
export type JournalEnd = 'whole' | 'torn' | 'damaged' | 'newer'

export type JournalText = {
  entries: JournalEntry[]
  /** Length of the part that can be trusted, in bytes. */
  goodBytes: number
  bytes: number
  end: JournalEnd
}

export type Journal = {
  /** Length of the file in bytes. */
  bytes(): number
  /** Writes one fact; when it resolves, the fact survives a crash. Throws AppError `disk-full` or `state.unwritable` and leaves the journal as it was. */
  append(fact: Fact): Promise<JournalEntry>
  close(): Promise<void>
}

const newline = 0x0a
const seal = /,"crc":"([0-9a-f]{8})"\}$/

/** Reads a journal as far as it can be trusted; changes nothing. Throws AppError `state.unwritable` where it may not be read. */
export async function readJournal(file: string): Promise<JournalText> {
  return parseJournal(await writing(path.dirname(file), () => readFile(file)))
}

export function parseJournal(bytes: Buffer): JournalText {
  const lines = linesOf(bytes)
  if (lines.some((line) => line.isNewer)) {
    const entries = lines.flatMap(({ entry }) => (entry ? [entry] : []))
    return { entries, goodBytes: bytes.length, bytes: bytes.length, end: 'newer' }
  }
  const firstBad = lines.findIndex(({ entry, isWhole }, index) => !isWhole || entry?.seq !== index + 1)
  const good = firstBad < 0 ? lines : lines.slice(0, firstBad)
  const bad = lines[firstBad]
  // A line that was being written is the last one and not sound; a sound one at the wrong place means that others are lost.
  const isTorn = firstBad === lines.length - 1 && !(bad?.isWhole && bad.entry)
  return {
    entries: good.flatMap(({ entry }) => (entry ? [entry] : [])),
    goodBytes: good.at(-1)?.end ?? 0,
    bytes: bytes.length,
    end: !bad ? 'whole' : isTorn ? 'torn' : 'damaged',
  }
}

/** Begins a journal with its first fact. Throws AppError `disk-full` or `state.unwritable`. */
export async function createJournal(file: string, first: Fact, now: () => Date): Promise<Journal> {
  const folder = path.dirname(file)
  const handle = await writing(folder, () => open(file, 'wx', 0o600))
  const journal = writer(handle, folder, { bytes: 0, seq: 0 }, now)
  try {
    await journal.append(first)
    await syncFolder(folder)
  } catch (error) {
    await journal.close()
    throw error
  }
  return journal
}

/**
 * Opens a journal for writing and cuts off a torn last line; the caller holds the run's lock. Throws AppError `run.newer`,
 * `journal.damaged` or `state.unwritable`; the file is then not touched.
 */
export async function openJournal(file: string, now: () => Date): Promise<{ journal: Journal; text: JournalText }> {
  const text = await readJournal(file)
  if (text.end === 'newer') throw new AppError('run.newer')
  if (text.end === 'damaged') throw new AppError('journal.damaged', { file: path.basename(file) })
  const folder = path.dirname(file)
  const handle = await writing(folder, () => open(file, 'r+'))
  if (text.end === 'torn') {
    await handle.truncate(text.goodBytes)
    await handle.sync()
  }
  const from = { bytes: text.goodBytes, seq: text.entries.length }
  return { journal: writer(handle, folder, from, now), text: { ...text, bytes: text.goodBytes, end: 'whole' } }
}

function writer(handle: FileHandle, folder: string, from: { bytes: number; seq: number }, now: () => Date): Journal {
  let { bytes, seq } = from
  let broken: unknown = null
  let last: Promise<unknown> = Promise.resolve()

  async function write(fact: Fact): Promise<JournalEntry> {
    if (broken) throw broken
    const body = JSON.stringify({ v: journalVersion, seq: seq + 1, at: now().toISOString(), ...fact })
    const line = Buffer.from(sealed(body))
    // What goes to the file is what comes back from it, without values that JSON does not know.
    const entry = journalEntry.parse(JSON.parse(body))
    try {
      await writing(folder, () => writeWhole(handle, line, bytes))
    } catch (error) {
      await handle.truncate(bytes).catch(() => (broken = error))
      throw error
    }
    bytes += line.length
    seq += 1
    return entry
  }

  return {
    bytes: () => bytes,
    append(fact) {
      const written = last.then(() => write(fact))
      last = written.catch(() => undefined)
      return written
    },
    async close() {
      await last
      await handle.close()
    },
  }
}

/** A full disk may take a part of a line without an error, so what was asked for and what was written are compared. */
async function writeWhole(handle: FileHandle, line: Buffer, position: number): Promise<void> {
  const { bytesWritten } = await handle.write(line, 0, line.length, position)
  if (bytesWritten !== line.length) {
    throw new AppError('disk-full', {}, { message: `${bytesWritten} of ${line.length} bytes were written` })
  }
  await handle.sync()
}

function sealed(body: string): string {
  return `${body.slice(0, -1)},"crc":"${checksum(body)}"}\n`
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0')
}

type Line = Content & {
  /** Offset behind the line. */
  end: number
  /** Its line break is there. */
  isWhole: boolean
}
type Content = { entry: JournalEntry | null; isNewer: boolean }

function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = []
  let at = 0
  while (at < bytes.length) {
    const stop = bytes.indexOf(newline, at)
    const end = stop < 0 ? bytes.length : stop + 1
    lines.push({ ...contentOf(bytes.toString('utf8', at, stop < 0 ? end : stop)), end, isWhole: stop >= 0 })
    at = end
  }
  return lines
}

/** A line that is sound but says what we do not know comes from a newer app, even where its version number is ours. */
function contentOf(line: string): Content {
  const match = seal.exec(line)
  const body = match ? `${line.slice(0, match.index)}}` : line
  const isSound = !!match && checksum(body) === match[1]
  const value = jsonOf(body)
  const isNewer = typeof value?.['v'] === 'number' && value['v'] > journalVersion
  if (!isSound) return { entry: null, isNewer }
  const parsed = journalEntry.safeParse(value)
  return { entry: parsed.data ?? null, isNewer: isNewer || !parsed.success }
}

function jsonOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
