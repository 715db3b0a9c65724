import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { networkSettings } from '../shared/settings'
import { limitAt, limitHours, type UploadLimits } from '../shared/upload-limit'
import type { KeptClouds } from './kept-sign-ins'
import { closings, languages, themes } from '../shared/terms'
import { asDiskFull, unwritable } from './engine/files'
import { bytesPerSecond } from './upload/pace'

const bounds = z.object({ x: z.number(), y: z.number(), width: z.number().min(320), height: z.number().min(240) })
const cloudEntry = z.object({ clientId: z.guid().optional(), tenant: z.string().optional() })
export type CloudEntry = z.infer<typeof cloudEntry>
const settings = z.object({
  theme: z.enum(themes).default('system'),
  /** Absent: the system's language. */
  language: z.enum(languages).optional(),
  network: networkSettings.optional(),
  /** Megabits per second for all uploads together; absent: as fast as it goes. */
  uploadLimitMbit: z.number().positive().max(100_000).optional(),
  /** Another limit at certain hours of weekdays. */
  uploadHours: limitHours.optional(),
  /** The cloud of a new run that is no practice: a name or the path of a profile file. */
  defaultCloud: z.string().max(4096).optional(),
  /** Profile files that were picked, so that they can be chosen again. */
  profileFiles: z.array(z.string().max(4096)).max(50).optional(),
  /** Application id and tenant by name of the cloud; a run's own form lies over them. */
  clouds: z.record(z.string(), cloudEntry).optional(),
  notify: z.boolean().default(true),
  closing: z.enum(closings).default('ask'),
  window: z.object({ bounds, isMaximized: z.boolean() }).optional(),
})
export type Settings = z.infer<typeof settings>

export type SettingsFile = {
  get(): Settings
  /** Writes at once and atomically. Throws AppError `disk-full` or `state.unwritable`. */
  set(change: Partial<Settings>): void
  /** Where a settings file lies that could not be read at start; moved out of the way if possible. */
  readonly damagedCopy: string | null
}

/** Reads the settings; a file that makes no sense is kept aside under another name and the defaults are used. */
export function openSettings(file: string): SettingsFile {
  let current: Settings = settings.parse({})
  let damagedCopy: string | null = null
  const parsed = parse(file)
  if (parsed === 'damaged') damagedCopy = setAside(file)
  else if (parsed !== 'none') current = parsed
  return {
    get: () => current,
    set(change) {
      current = settings.parse({ ...current, ...change })
      writeAtomically(file, JSON.stringify(current, null, 2))
    },
    damagedCopy,
  }
}

/** The settings for whoever only reads them, as the command line does; defaults where they make no sense. */
export function readSettings(file: string): Settings {
  const parsed = parse(file)
  return typeof parsed === 'string' ? settings.parse({}) : parsed
}

export function uploadLimitsIn({ uploadLimitMbit, uploadHours }: Settings): UploadLimits {
  return { limitMbit: uploadLimitMbit ?? null, hours: uploadHours ?? null }
}

/** What all uploads together may send at this moment, bytes per second; null: no limit. */
export function uploadLimitNow(settings: Settings): number | null {
  const mbit = limitAt(uploadLimitsIn(settings), new Date())
  return mbit === null ? null : bytesPerSecond(mbit)
}

/** The part of the settings that says with which app registration people sign in. */
export function keptClouds(file: SettingsFile): KeptClouds {
  return {
    all: () => file.get().clouds ?? {},
    set: (cloud, entry) => file.set({ clouds: { ...file.get().clouds, [cloud]: entry } }),
  }
}

function parse(file: string): Settings | 'none' | 'damaged' {
  try {
    return settings.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'damaged'
  }
}

/** Where it cannot be moved either, it stays and the app starts all the same. */
function setAside(file: string): string {
  const aside = `${file}.damaged-${Date.now()}`
  try {
    renameSync(file, aside)
    return aside
  } catch {
    return file
  }
}

function writeAtomically(file: string, text: string) {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(file), { recursive: true })
    write(temporary, text)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw asDiskFull(error) ?? unwritable(dirname(file), error)
  }
}

function write(temporary: string, text: string) {
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
