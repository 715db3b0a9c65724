import { toCompatResponse } from '@azure/core-http-compat'
import { createPipelineRequest, type HttpClient, type PipelineRequestOptions } from '@azure/core-rest-pipeline'
import type { IHttpClient } from '@azure/storage-blob'

/** The seam in the older shape that @azure/storage-blob takes. Whether plain http may be used is for the seam to decide. */
export function blobClient(httpClient: HttpClient): IHttpClient {
  return {
    async sendRequest(resource) {
      const { headers, method, timeout, withCredentials, requestId } = resource
      const request: PipelineRequestOptions = {
        url: resource.url,
        method,
        timeout,
        withCredentials,
        requestId,
        allowInsecureConnection: true,
      }
      if (resource.body !== undefined) request.body = resource.body
      if (resource.abortSignal) request.abortSignal = resource.abortSignal
      if (resource.onUploadProgress) request.onUploadProgress = resource.onUploadProgress
      if (resource.onDownloadProgress) request.onDownloadProgress = resource.onDownloadProgress
      if (resource.streamResponseStatusCodes) request.streamResponseStatusCodes = resource.streamResponseStatusCodes
      if (resource.agent) request.agent = resource.agent
      const sent = createPipelineRequest(request)
      for (const { name, value } of headers.headersArray()) sent.headers.set(name, value)
      const answer = toCompatResponse(await httpClient.sendRequest(sent))
      return { ...answer, request: resource }
    },
  }
}
