import type { FileHost } from './files-hash'
import { listFolder, makeFolder, removeEntries, renameEntry, type Listing } from './files-folder'
import { openSftp, type Sftp } from './files-sftp'
import { createTransfers, type Transfers } from './files-transfers'

/** The files of the VMs of all sessions. Every verb throws AppError `session.*`, `files.*`. */
export type SessionFiles = {
  transfers: Transfers
  list(session: string, path: string | null): Promise<Listing>
  makeFolder(session: string, path: string): Promise<void>
  rename(session: string, from: string, to: string): Promise<void>
  remove(session: string, paths: readonly string[]): Promise<void>
}

/** How long a session that connects just now is waited for. */
const readyLimitMs = 30_000

/** `host`: what a session offers once it is ready. */
export function createSessionFiles(host: (session: string, signal: AbortSignal) => Promise<FileHost>): SessionFiles {
  const channels = new Map<string, Promise<Sftp>>()

  /** One channel per session serves the panel as long as its connection lasts. */
  async function channel(session: string): Promise<Sftp> {
    const known = await channels.get(session)?.catch(() => null)
    if (known && !known.isOver()) return known
    const opening = host(session, AbortSignal.timeout(readyLimitMs)).then((on) =>
      openSftp(on, new AbortController().signal),
    )
    channels.set(session, opening)
    return opening
  }

  return {
    transfers: createTransfers({ host, now: () => performance.now() }),
    list: async (session, path) => listFolder(await channel(session), path),
    makeFolder: async (session, path) => makeFolder(await channel(session), path),
    rename: async (session, from, to) => renameEntry(await channel(session), from, to),
    remove: async (session, paths) => removeEntries(await channel(session), paths),
  }
}
