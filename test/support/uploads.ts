import { fixedVhdView } from '../../src/main/disks/azure-vhd'
import { openDisk } from '../../src/main/disks/open'
import { environmentNetwork } from '../../src/main/net/network'
import { createTransport } from '../../src/main/net/transport'
import { accessTo, type AccessSource } from '../../src/main/upload/access'
import { blobRequests, type BlobRequests } from '../../src/main/upload/blob-requests'
import { unlimited } from '../../src/main/upload/pace'
import { performUpload, type UploadParts } from '../../src/main/upload/perform'
import type { TargetSpec, UploadResult, UploadSpec } from '../../src/main/upload/spec'
import { stampOf, type Stamp } from '../../src/main/upload/stamp'

const transport = createTransport(environmentNetwork({}), null)

/** Nobody to ask for a fresh address or a token. */
export const nobody: AccessSource = {
  renewUrl: () => Promise.resolve(null),
  token: () => Promise.reject(new Error('a token was asked for')),
}

/** Requests to the blob at an address with a SAS; `fresh`: the addresses that whoever gave it gives when asked again. */
export function blobAt(url: string, fresh: string[] = []): BlobRequests {
  const access = { ...nobody, renewUrl: () => Promise.resolve(fresh.shift() ?? null) }
  return blobRequests(accessTo(url, access), (request) => transport.direct(request))
}

export function attempt() {
  return { signal: new AbortController().signal, idleMs: 30_000 }
}

export async function stampOfFile(file: string, run = 'run-1'): Promise<Stamp> {
  const disk = await openDisk(file)
  try {
    return stampOf(await fixedVhdView(disk), run)
  } finally {
    await disk.close()
  }
}

/** Everything of an upload but where it goes, what it sends and where its journal lies. */
export async function specFor(
  file: string,
  target: TargetSpec,
  journalFolder: string,
  over: Partial<UploadSpec> = {},
): Promise<UploadSpec> {
  const stamp = await stampOfFile(file)
  return { file, target, stamp, connections: 4, checksum: 'md5', journalFolder, profile: null, ...over }
}

/** An upload in this process. */
export function perform(spec: UploadSpec, over: Partial<UploadParts> = {}): Promise<UploadResult> {
  return performUpload(spec, {
    send: (request) => transport.direct(request),
    access: nobody,
    pace: unlimited,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...over,
  })
}

/** Cancels an upload when it has sent so many bytes. */
export async function cancelledAfter(bytes: number, spec: UploadSpec): Promise<void> {
  const abort = new AbortController()
  await perform(spec, {
    signal: abort.signal,
    onProgress: ({ sentBytes }) => sentBytes >= bytes && abort.abort(),
  }).catch(() => undefined)
}
