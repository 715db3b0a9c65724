import { createPipelineRequest, type HttpClient } from '@azure/core-rest-pipeline'
import type { Seam } from './seam'

const answerLimitMs = 10_000
/** What a probe may fail with while there is no way to the host; anything else stands in the way for another reason. */
const noWay = new Set(['offline', 'proxy.unreachable', 'cancelled'])

/**
 * Asks a host for nothing but a sign of life: one HEAD without token, through proxy and trust of the seam. Whatever it answers
 * is an answer, and so is a certificate that is not trusted or a proxy that refuses: the step that asks next will say it.
 */
export async function hostAnswers(seam: Seam, host: string, signal: AbortSignal): Promise<boolean> {
  let fault = 'offline'
  const stopWatching = seam.watch((exchange) => {
    if (exchange.host === host) fault = exchange.error ?? 'none'
  })
  try {
    await hostAnswer(seam.httpClient, host, signal)
    return true
  } catch {
    return !noWay.has(fault)
  } finally {
    stopWatching()
  }
}

/** One HEAD without token. Resolves with whatever is answered; throws what stands in the way. */
export async function hostAnswer(client: HttpClient, host: string, signal: AbortSignal): Promise<void> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
  await client.sendRequest(createPipelineRequest({ url: `https://${host}/`, method: 'HEAD', abortSignal }))
}
