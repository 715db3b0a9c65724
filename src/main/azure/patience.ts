import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import { setTimeout as pause } from 'node:timers/promises'
import { retryAfterMs } from '../net/retry-after'

export type Sleep = (ms: number, signal: AbortSignal | undefined) => Promise<void>

/** Header in which an answer that was not waited for keeps how many seconds the service asked for. */
export const askedSeconds = 'x-retry-after-asked'

const patienceMs = 150_000
const firstPauseMs = 2_000
const longestPauseMs = 30_000

/**
 * Sends again what was refused with 429, as long as the service asks and 150 s altogether. The SDKs give up after three tries,
 * and at once where no Retry-After is given; a quota of requests fills up again within minutes. Reads and writes alike: a
 * refused request did nothing. The last answer goes on without Retry-After, so that the SDK does not begin anew.
 */
export function patient(client: HttpClient, sleep: Sleep = sleepWith): HttpClient {
  return {
    async sendRequest(request) {
      let leftMs = patienceMs
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        const response = await client.sendRequest(request)
        if (response.status !== 429 || !isRepeatable(request)) return response
        const waitMs = Math.max(retryAfterMs(response.headers) ?? pauseMs, 1)
        if (waitMs > leftMs) return withoutAsking(response)
        leftMs -= waitMs
        await sleep(waitMs, request.abortSignal as AbortSignal | undefined)
      }
    },
  }
}

function sleepWith(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return pause(ms, undefined, signal ? { signal } : {})
}

function withoutAsking(response: PipelineResponse): PipelineResponse {
  const ms = retryAfterMs(response.headers)
  for (const name of ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms']) response.headers.delete(name)
  if (ms !== null) response.headers.set(askedSeconds, String(Math.round(ms / 1000)))
  return response
}

/** A stream was read by the first try. */
function isRepeatable({ body }: PipelineRequest): boolean {
  return !body || typeof body === 'string' || typeof body === 'function' || ArrayBuffer.isView(body)
}
