import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'
import type { INetworkModule } from '@azure/msal-node'
import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'

/** One request as watchers see it: nothing secret, no query. */
export type Exchange = {
  /** ISO 8601, UTC: when the answer or the failure arrived. */
  at: string
  method: string
  /** Path without query. */
  target: string
  host: string
  /** 0 when there was no answer. */
  status: number
  requestId: string
  ms: number
  /** The service asked to wait this long. */
  retryAfterMs?: number
  /** Code of our own error when there was no answer. */
  error?: string
}

export type Seam = {
  /** For every SDK client; sits below all their policies, so redirects, next links and poll URLs pass here too. */
  httpClient: HttpClient
  /** For MSAL. */
  network: INetworkModule
  /** Returns the function that ends the watching. */
  watch(listener: (exchange: Exchange) => void): () => void
  status(): { state: 'online' | 'offline' | 'unknown'; host: string | null; ms: number | null }
  close(): void
}

/** The one way out of this process to a cloud. Throws `profile.invalid` when the profile's own CA cannot be read. */
export function createSeam(profile: CloudProfile): Seam {
  void profile
  const httpClient = createDefaultHttpClient()
  return {
    httpClient,
    network: {
      sendGetRequestAsync: () => Promise.reject(new AppError('unexpected')),
      sendPostRequestAsync: () => Promise.reject(new AppError('unexpected')),
    },
    watch: () => () => undefined,
    status: () => ({ state: 'unknown', host: null, ms: null }),
    close: () => undefined,
  }
}
