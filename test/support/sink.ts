import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Seen, SinkStats } from './sink/counts'
import type { Faults } from './sink/faults'
import type { ByteRange } from './sink/range-set'
import type { ServerOptions } from './sink/server'

export type { Seen, SinkStats } from './sink/counts'
export type { Faults, Refusal } from './sink/faults'
export type { Kind } from './sink/kinds'

export type SinkOptions = {
  /** https with a certificate of its own authority (`caFile`). */
  tls?: boolean
  /** Keeps what it is sent, in sparse files: for comparing, and for reading it back. Without, it only counts. */
  store?: boolean
  /**
   * verify (default): computes a checksum of every body, compares and returns it as the service does. echo: returns
   * what the client claims, which costs nothing: for measuring clients.
   */
  checksums?: 'verify' | 'echo'
  faults?: Faults
  /** Chance of the faults; the same number gives the same. */
  seed?: number
  /** The bundled sink/program.ts, where the caller made it; by default it is bundled here. */
  program?: string
}

export type SinkBlob = {
  type: 'PageBlob' | 'BlockBlob'
  lengthBytes: number
  etag: string
  sequenceNumber: number
  metadata: Record<string, string>
  /** False for a block blob of which only blocks came so far. */
  isCommitted: boolean
  /** Pages written and not cleared, end exclusive. */
  pages: ByteRange[]
  uncommittedBlocks: number
  /** What it holds, as a file; null when the sink only counts. */
  file: string | null
}

export type Sink = {
  port: number
  pid: number
  /** The authority to trust; null without TLS. */
  caFile: string | null
  /** Address of a blob with a SAS, which ends in an hour unless told; the sink looks at its end. */
  url(blob: string, options?: { endsInMs?: number }): string
  /** A managed disk of that length, with its footer, waits for its upload from now on: nobody can create it anew. */
  addDisk(name: string, lengthBytes: number): Promise<void>
  stats(): Promise<SinkStats>
  /** Every request since the start or the last `reset`. */
  seen(): Promise<Seen[]>
  /** Starts counting anew. Blobs stay, and what was acknowledged is remembered for `repeatedBytes`. */
  reset(): Promise<void>
  /** From now on exactly these faults; `{}` for none. */
  setFaults(faults: Faults): Promise<void>
  /** Resolves when so many bytes have been acknowledged since the last `reset`. */
  acknowledged(bytes: number): Promise<void>
  /** What a blob is and holds now; null when there is none. */
  blob(name: string): Promise<SinkBlob | null>
  /** Ends its process at once, as a crash of the service would; `close` is needed all the same. */
  kill(): void
  close(): Promise<void>
}

/**
 * A Blob service in a process of its own on loopback, which counts all that clients send to it and fails as it is
 * told. It speaks what upload clients need: page blobs, block blobs, properties, metadata, copies within itself.
 */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bis-sink-'))
  const program = options.program ?? (await bundled(folder))
  const certificate = options.tls ? await certificateIn(folder) : null
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
  const ask = questioner(child)
  const { port } = (await ask('open', {
    tls: certificate && { key: certificate.key, cert: certificate.cert },
    folder: options.store ? folder : null,
    checksums: options.checksums ?? 'verify',
    seed: options.seed ?? 1,
  } satisfies ServerOptions)) as { port: number }
  if (options.faults) await ask('faults', options.faults)
  const origin = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`
  return {
    port,
    pid: child.pid!,
    caFile: certificate?.caFile ?? null,
    url(blob, { endsInMs = 3_600_000 } = {}) {
      const ends = new Date(Date.now() + endsInMs).toISOString().replace(/\.\d+/, '')
      const sas = new URLSearchParams({ sv: '2025-07-05', sr: 'b', sp: 'racwd', se: ends, sig: 'c2luaw==' })
      return `${origin}/devstoreaccount1/vhds/${encodeURIComponent(blob)}?${sas}`
    },
    addDisk: async (name, lengthBytes) => void (await ask('disk', { name, lengthBytes })),
    stats: () => ask('stats') as Promise<SinkStats>,
    seen: () => ask('seen') as Promise<Seen[]>,
    reset: async () => void (await ask('reset')),
    setFaults: async (faults) => void (await ask('faults', faults)),
    acknowledged: async (bytes) => void (await ask('acknowledged', bytes)),
    blob: (name) => ask('blob', name) as Promise<SinkBlob | null>,
    kill: () => void child.kill('SIGKILL'),
    async close() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Asks the child and hands back its answer; rejects when it dies before. */
function questioner(child: ChildProcess) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let asked = 0
  child.on('message', ({ id, value }: { id: number; value: unknown }) => {
    waiting.get(id)?.resolve(value)
    waiting.delete(id)
  })
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the sink has ended'))
    waiting.clear()
  })
  return (name: string, ask: unknown = null): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++asked
      waiting.set(id, { resolve, reject })
      child.send({ id, name, ask }, (error) => error && reject(new Error('the sink has ended', { cause: error })))
    })
}

// Imported late: a caller that brings its own program needs neither a bundler nor, without TLS, certificates.
async function bundled(folder: string): Promise<string> {
  const { bundle } = await import('./bundle')
  return bundle(fileURLToPath(new URL('sink/program.ts', import.meta.url)), folder)
}

async function certificateIn(folder: string) {
  const { openCertificate } = await import('../../src/main/practice/cert')
  return openCertificate(folder)
}
