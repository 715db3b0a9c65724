import { createPipelineRequest } from '@azure/core-rest-pipeline'
import type { Seam } from './seam'

const answerLimitMs = 10_000
/** What a probe may fail with while there is no way to the host; anything else stands in the way for another reason. */
const noWay = new Set(['offline', 'proxy.unreachable', 'cancelled'])

/**
 * Asks a host for nothing but a sign of life: one HEAD without token, through proxy and trust of the seam. Whatever it answers
 * is an answer, and so is a certificate that is not trusted: the step that asks next will say it.
 */
export async function hostAnswers(seam: Seam, host: string, signal: AbortSignal): Promise<boolean> {
  let fault = 'offline'
  const stopWatching = seam.watch((exchange) => {
    if (exchange.host === host) fault = exchange.error ?? 'none'
  })
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
  try {
    await seam.httpClient.sendRequest(createPipelineRequest({ url: `https://${host}/`, method: 'HEAD', abortSignal }))
    return true
  } catch {
    return !noWay.has(fault)
  } finally {
    stopWatching()
  }
}
