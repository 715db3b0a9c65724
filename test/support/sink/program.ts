import { openServer, type ServerOptions } from './server'
import type { Faults } from './faults'

/** What the parent may ask, and what it is told. */
export type Questions = {
  open: { ask: ServerOptions; answer: { port: number } }
  faults: { ask: Faults; answer: null }
  stats: { ask: null; answer: unknown }
  seen: { ask: null; answer: unknown }
  reset: { ask: null; answer: null }
  acknowledged: { ask: number; answer: null }
  blob: { ask: string; answer: unknown }
}

let server: Awaited<ReturnType<typeof openServer>> | null = null

// The sink as a process of its own: what it costs is not counted with the client, and it can be killed.
process.on('message', ({ id, name, ask }: { id: number; name: keyof Questions; ask: never }) => {
  const answer = name === 'open' ? open(ask) : answers[name](ask)
  void answer.then((value) => process.connected && process.send?.({ id, value }))
})
process.once('disconnect', () => void (server?.close() ?? Promise.resolve()).finally(() => process.exit()))

async function open(options: ServerOptions): Promise<{ port: number }> {
  server = await openServer(options)
  return { port: server.port }
}

const answers: { [Name in Exclude<keyof Questions, 'open'>]: (ask: Questions[Name]['ask']) => Promise<unknown> } = {
  faults: (faults) => server!.setFaults(faults),
  stats: () => Promise.resolve(server!.counts.stats()),
  seen: () => Promise.resolve(server!.counts.seen()),
  reset: () => Promise.resolve(server!.counts.reset()),
  acknowledged: (bytes) => server!.acknowledged(bytes),
  blob: (name) => Promise.resolve(blobFacts(name)),
}

function blobFacts(name: string) {
  const blob = server!.blobs.find(name)
  if (!blob) return null
  const { type, lengthBytes, etag, sequenceNumber, metadata, isCommitted, uncommitted, stored } = blob
  const pages = blob.pages.list()
  return {
    type,
    lengthBytes,
    etag,
    sequenceNumber,
    metadata,
    isCommitted,
    pages,
    uncommittedBlocks: uncommitted.size,
    file: stored?.file ?? null,
  }
}
