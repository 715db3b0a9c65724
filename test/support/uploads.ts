import { accessTo, type AccessSource } from '../../src/main/upload/access'
import { blobRequests, type BlobRequests } from '../../src/main/upload/blob-requests'
import { environmentNetwork } from '../../src/main/net/network'
import { createTransport } from '../../src/main/net/transport'

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
