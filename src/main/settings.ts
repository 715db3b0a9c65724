import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { language, theme } from '../shared/contract'

const bounds = z.object({ x: z.number(), y: z.number(), width: z.number().min(320), height: z.number().min(240) })
const settings = z.object({
  theme: theme.default('system'),
  /** Absent: the system's language. */
  language: language.optional(),
  window: z.object({ bounds, isMaximized: z.boolean() }).optional(),
})
export type Settings = z.infer<typeof settings>

export type SettingsFile = {
  get(): Settings
  /** Writes at once and atomically; throws the file system's error when the disk refuses. */
  set(change: Partial<Settings>): void
  /** Name of the file that a damaged settings file was moved to, if that happened at start. */
  readonly damagedCopy: string | null
}

/** Reads the settings; a file that makes no sense is kept aside under another name and the defaults are used. */
export function openSettings(file: string): SettingsFile {
  let current: Settings = settings.parse({})
  let damagedCopy: string | null = null
  const text = readText(file)
  if (text !== null) {
    const parsed = parse(text)
    if (parsed) current = parsed
    else {
      damagedCopy = `${file}.damaged-${Date.now()}`
      renameSync(file, damagedCopy)
    }
  }
  return {
    get: () => current,
    set(change) {
      current = settings.parse({ ...current, ...change })
      writeAtomically(file, JSON.stringify(current, null, 2))
    },
    damagedCopy,
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function parse(text: string): Settings | null {
  try {
    return settings.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function writeAtomically(file: string, text: string) {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, file)
}
