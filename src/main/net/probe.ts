import { createEmptyPipeline, createPipelineRequest, proxyPolicy } from '@azure/core-rest-pipeline'
import type { Seam } from './seam'

const answerLimitMs = 10_000

/**
 * Asks a host for nothing but a sign of life: one HEAD without token, through proxy and trust of the seam. Whatever it answers
 * is an answer, and so is a certificate that is not trusted: what stands in the way then is no outage any more.
 */
export async function hostAnswers(seam: Seam, host: string, signal: AbortSignal): Promise<boolean> {
  const pipeline = createEmptyPipeline()
  pipeline.addPolicy(proxyPolicy())
  let fault: string | undefined
  const stopWatching = seam.watch((exchange) => {
    if (exchange.host === host) fault = exchange.error
  })
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
  try {
    await pipeline.sendRequest(
      seam.httpClient,
      createPipelineRequest({ url: `https://${host}/`, method: 'HEAD', abortSignal: limit }),
    )
    return true
  } catch {
    return fault === 'tls.untrusted'
  } finally {
    stopWatching()
  }
}
