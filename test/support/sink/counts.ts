import type { Kind } from './kinds'
import { createRangeSet, type RangeSet } from './range-set'

/** One request as the sink saw it. */
export type Seen = {
  kind: Kind
  blob: string
  /** 0 when the connection ended without an answer. */
  status: number
  bodyBytes: number
  /** Put Page and Put Page From URL: the pages, end exclusive. */
  start?: number
  end?: number
  /** Which checksum the client sent along. */
  checksum?: 'md5' | 'crc64'
  /** ms since the sink started counting. */
  atMs: number
}

export type SinkStats = {
  requests: number
  byKind: Partial<Record<Kind, number>>
  byStatus: Record<number, number>
  /** All bytes of bodies, those of requests that broke off too. */
  receivedBytes: number
  /** Bytes of Put Page, Put Block and Put Blob that were answered 201. */
  acknowledgedBytes: number
  /** Of these, what had been acknowledged before, for the same pages or block id, even if the blob was made anew. */
  repeatedBytes: number
  connections: number
  mostInFlight: number
  /** Page blobs made, each time anew counted. */
  creations: number
  /** From the first to the last byte of bodies. */
  windowMs: number
  /** What the sink itself used meanwhile. */
  cpuMs: number
}

const dataKinds: ReadonlySet<Kind> = new Set<Kind>(['put-page', 'put-block', 'put-blob'])

/** The sink's counting. What was acknowledged is remembered over `reset`, which starts the numbers anew. */
export function createCounts() {
  const acknowledgedPages = new Map<string, RangeSet>()
  const acknowledgedBlocks = new Set<string>()
  let inFlight = 0
  let numbers = fresh()

  return {
    reset() {
      numbers = fresh()
      numbers.mostInFlight = inFlight
    },
    connected: () => void numbers.connections++,
    received(bytes: number) {
      numbers.receivedBytes += bytes
      numbers.lastMs = performance.now()
      numbers.firstMs ??= numbers.lastMs
    },
    receivedBytes: () => numbers.receivedBytes,
    acknowledgedBytes: () => numbers.acknowledgedBytes,
    begin(kind: Kind, blob: string): Seen {
      const seen: Seen = { kind, blob, status: 0, bodyBytes: 0, atMs: performance.now() - numbers.sinceMs }
      numbers.seen.push(seen)
      numbers.mostInFlight = Math.max(numbers.mostInFlight, ++inFlight)
      return seen
    },
    /** Called as the answer goes out; never for a request that gets none. `blockId` of a Put Block. */
    answered(seen: Seen, status: number, blockId: string | null) {
      seen.status = status
      if (status !== 201) return
      if (seen.kind === 'create') numbers.creations++
      if (!dataKinds.has(seen.kind)) return
      numbers.acknowledgedBytes += seen.bodyBytes
      numbers.repeatedBytes += knownBytes(seen, blockId)
    },
    ended: () => void inFlight--,
    seen: () => numbers.seen,
    stats(): SinkStats {
      const { user, system } = process.cpuUsage(numbers.cpu)
      const { receivedBytes, acknowledgedBytes, repeatedBytes, connections, mostInFlight, creations, seen } = numbers
      return {
        requests: seen.length,
        byKind: tally(seen.map(({ kind }) => kind)),
        byStatus: tally(seen.map(({ status }) => status)),
        receivedBytes,
        acknowledgedBytes,
        repeatedBytes,
        connections,
        mostInFlight,
        creations,
        windowMs: (numbers.lastMs ?? 0) - (numbers.firstMs ?? 0),
        cpuMs: (user + system) / 1000,
      }
    },
  }

  function knownBytes({ kind, blob, start = 0, end = 0, bodyBytes }: Seen, blockId: string | null): number {
    if (kind === 'put-page') {
      const pages = acknowledgedPages.get(blob) ?? createRangeSet()
      acknowledgedPages.set(blob, pages)
      return pages.add(start, end)
    }
    const key = `${blob} ${blockId}`
    const isKnown = acknowledgedBlocks.has(key)
    acknowledgedBlocks.add(key)
    return isKnown ? bodyBytes : 0
  }
}

function fresh() {
  return {
    sinceMs: performance.now(),
    cpu: process.cpuUsage(),
    seen: [] as Seen[],
    receivedBytes: 0,
    acknowledgedBytes: 0,
    repeatedBytes: 0,
    connections: 0,
    mostInFlight: 0,
    creations: 0,
    firstMs: null as number | null,
    lastMs: null as number | null,
  }
}

function tally<Key extends string | number>(keys: Key[]): Record<Key, number> {
  const counts = {} as Record<Key, number>
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}
