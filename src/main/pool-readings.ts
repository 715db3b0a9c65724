import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { poolPlace, type PoolPlace } from '../shared/pool-place'
import { inventory, type Inventory } from '../shared/inventory'
import { writeAtomic } from './engine/files'

const longest = 8
const reading = z.object({ place: poolPlace, inventory: inventory.nullable() })
const stored = z.object({ readings: z.array(reading) })

/** The last reading of each cloud and account, kept in one file; the one looked at last stands first. */
export type Readings = {
  /** A file that is missing or makes no sense costs a reading, not the app. */
  load(): Promise<void>
  last(): PoolPlace | null
  of(place: PoolPlace): Inventory | null
  /** Remembers which place is looked at. */
  choose(place: PoolPlace): Promise<void>
  keep(place: PoolPlace, inventory: Inventory): Promise<void>
  /** The places of the file and others, each once. */
  places(others: readonly PoolPlace[], current: PoolPlace | null): PoolPlace[]
}

export function createReadings(file: string): Readings {
  let list: z.infer<typeof reading>[] = []
  const find = (place: PoolPlace) => list.find((it) => isSamePlace(it.place, place))

  async function put(place: PoolPlace, inventory: Inventory | null) {
    list = [{ place, inventory }, ...list.filter((it) => !isSamePlace(it.place, place))].slice(0, longest)
    // It only saves the person a wait at the next start, so a full disk is no reason to fail.
    await writeAtomic(file, JSON.stringify({ readings: list })).catch(() => undefined)
  }

  return {
    async load() {
      const text = await readFile(file, 'utf8').catch(() => '')
      list = parse(text)
    },
    last: () => list[0]?.place ?? null,
    of: (place) => find(place)?.inventory ?? null,
    choose: (place) => put(place, find(place)?.inventory ?? null),
    keep: put,
    places(others, current) {
      const all = [...(current ? [current] : []), ...list.map(({ place }) => place), ...others]
      return all.filter((place, at) => all.findIndex((it) => isSamePlace(it, place)) === at)
    },
  }
}

function isSamePlace(a: PoolPlace, b: PoolPlace): boolean {
  const key = ({ cloud, clientId = '', tenant = '', account = '' }: PoolPlace) =>
    [cloud, clientId, tenant, account].join('\n').toLowerCase()
  return key(a) === key(b)
}

function parse(text: string): z.infer<typeof reading>[] {
  try {
    return stored.parse(JSON.parse(text)).readings
  } catch {
    return []
  }
}
