import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './store'

/** What GET /practice/stats answers about requests. Kept in its own file, written once per second and at the end. */
export type StatsReport = {
  /** `PUT /subscriptions/{}/resourceGroups/{}` -> how often it was asked. */
  requests: Record<string, number>
  /** Same method and URL without SAS, same body, both answered 2xx: URL -> number of repeats beyond the first. */
  repeatedPuts: Record<string, number>
  repeatedPutTotal: number
}

export type Stats = {
  /**
   * Counts one answered request. `url` is the path with the parts of the query that belong to the request (not a SAS),
   * for a page write also its range; `bodyHash` any digest of the body.
   */
  count(request: { method: string; route: string; url: string; bodyHash: string; status: number }): void
  report(): StatsReport
  /** Writes what is not written yet and stops the timer. */
  close(): void
}

/** Of so many URLs the repeats are known, enough for 80 GB of pages; older ones are forgotten, so that the file stays small. */
const rememberedPuts = 20_000

export function openStats(folder: string): Stats {
  const file = join(folder, 'stats.json')
  const state = load(file)
  let changed = false
  let remembered = Object.keys(state.puts).length
  const timer = setInterval(write, 1000)
  timer.unref()

  function write(): void {
    if (!changed) return
    try {
      writeWhole(file, JSON.stringify(state))
      changed = false
    } catch {
      // A full disk must not end the cloud; the next second tries again.
    }
  }

  return {
    count({ method, route, url, bodyHash, status }) {
      const name = `${method} ${route}`
      state.requests[name] = (state.requests[name] ?? 0) + 1
      if (method === 'PUT' && status >= 200 && status < 300) {
        if (!Object.hasOwn(state.puts, url)) remembered += 1
        const done = (state.puts[url] ??= {})
        done[bodyHash] = (done[bodyHash] ?? 0) + 1
        if (remembered > rememberedPuts) {
          delete state.puts[Object.keys(state.puts)[0] ?? '']
          remembered -= 1
        }
      }
      changed = true
    },
    report() {
      const repeatedPuts: Record<string, number> = {}
      for (const [url, hashes] of Object.entries(state.puts)) {
        const repeats = Object.values(hashes).reduce((sum, times) => sum + times - 1, 0)
        if (repeats > 0) repeatedPuts[url] = repeats
      }
      const repeatedPutTotal = Object.values(repeatedPuts).reduce((sum, times) => sum + times, 0)
      return { requests: state.requests, repeatedPuts, repeatedPutTotal }
    },
    close() {
      clearInterval(timer)
      write()
    },
  }
}

type StatsState = {
  requests: Record<string, number>
  puts: Record<string, Record<string, number>>
}

function load(file: string): StatsState {
  try {
    const { requests, puts } = JSON.parse(readFileSync(file, 'utf8')) as StatsState
    if (typeof requests === 'object' && typeof puts === 'object') return { requests, puts }
  } catch {
    // Counters are no part of the cloud: a missing or torn file starts them again.
  }
  return { requests: {}, puts: {} }
}
