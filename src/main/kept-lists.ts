import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { codeOf, writeAtomic } from './engine/files'
import type { Log } from './log'
import { entry, type Entry } from './list-entry'

/** Which answer of which cloud: the parts of its path. A part that does not matter is left out. */
export type ListPlace = { cloud: string; subscription?: string | undefined; region?: string | undefined; list: string }
export type KeptList = { at: string; entries: Entry[] }

/** The last answer to each question for a list: what pickers offer while the cloud does not answer. Names and sizes, no secrets. */
export type KeptLists = {
  /** Null where none was kept, or none that can be read: it is made anew with the next answer. */
  read(place: ListPlace): Promise<KeptList | null>
  /** Never throws: without it the next offline start knows less, that is all. */
  keep(place: ListPlace, entries: readonly Entry[]): Promise<void>
}

const kept = z.strictObject({ at: z.iso.datetime(), entries: z.array(entry) })
const longestPart = 60

/** Files `<cloud>/<subscription>/<region>/<list>.json` below `folder`. */
export function createKeptLists(folder: string, log: Log, now: () => Date): KeptLists {
  const fileOf = ({ cloud, subscription, region, list }: ListPlace) =>
    join(folder, partOf(cloud), partOf(subscription), partOf(region), `${partOf(list)}.json`)
  return {
    async read(place) {
      try {
        return kept.parse(JSON.parse(await readFile(fileOf(place), 'utf8')))
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') log.write('warn', 'kept list not used', { place, error: String(error) })
        return null
      }
    },
    async keep(place, entries) {
      const file = fileOf(place)
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        await writeAtomic(file, JSON.stringify({ at: now().toISOString(), entries }))
      } catch (error) {
        log.write('warn', 'list not kept', { place, error: String(error) })
      }
    },
  }
}

/** A cloud may be the path of a profile, a region may be typed: whatever it is, it is one name of a folder, and its own. */
function partOf(text: string | undefined): string {
  if (!text) return '-'
  const plain = text.toLowerCase().replace(/[^a-z0-9-]/g, '_')
  if (plain === text.toLowerCase() && plain.length <= longestPart) return plain
  return `${plain.slice(-longestPart)}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}
