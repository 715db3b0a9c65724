import { openServer, type ServerOptions } from './server'
import type { Faults } from './faults'

/** What the parent may ask. */
export type Questions = {
  open: { ask: ServerOptions }
  faults: { ask: Faults }
  disk: { ask: { name: string; lengthBytes: number } }
  stats: { ask: null }
  seen: { ask: null }
  reset: { ask: null }
  acknowledged: { ask: number }
  blob: { ask: string }
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
  disk: ({ name, lengthBytes }) => server!.addDisk(name, lengthBytes),
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
