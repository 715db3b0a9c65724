import type { HttpMethods, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import { parsed } from './error-body'

export type RawCall = {
  method: HttpMethods
  url: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

/** One JSON request through a client's own pipeline. Throws RestError for every answer but 2xx; no body gives null. */
export async function sendJson(
  send: (request: PipelineRequest) => Promise<PipelineResponse>,
  { method, url, body, headers, signal }: RawCall,
): Promise<unknown> {
  const { createPipelineRequest, RestError } = await import('@azure/core-rest-pipeline')
  const request = createPipelineRequest({ method, url, ...(signal && { abortSignal: signal }) })
  request.headers.set('accept', 'application/json')
  for (const [name, value] of Object.entries(headers ?? {})) request.headers.set(name, value)
  if (body !== undefined) {
    request.headers.set('content-type', 'application/json; charset=utf-8')
    request.body = JSON.stringify(body)
  }
  const response = await send(request)
  if (response.status >= 200 && response.status < 300) return parsed(response.bodyAsText ?? '')
  throw new RestError(`HTTP ${response.status}`, { statusCode: response.status, request, response })
}
