import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../shared/errors'
import type { DirectAnswer, DirectRequest } from '../net/direct'
import type { Access } from './access'
import type { Checksum } from './checksum'
import type { Attempt } from './target'

/** Knows all that is asked here, and is old enough for every cloud. */
const serviceVersion = '2021-12-02'

/** The only way to the wire: a seam or a transport. */
export type Send = (request: DirectRequest) => Promise<DirectAnswer>
export type BlobRequest = {
  method: 'GET' | 'HEAD' | 'PUT'
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Uint8Array
}
export type BlobRequests = { access: Access; ask(request: BlobRequest, attempt: Attempt): Promise<DirectAnswer> }

/** A refusal of the blob service, in the shape in which the Azure libraries throw one. */
export class Refusal extends Error {
  readonly code: string
  readonly statusCode: number
  readonly request: { method: string }
  readonly response: { headers: { get(name: string): string | undefined } }

  constructor(method: string, { status, headers, body }: DirectAnswer) {
    const text = body.toString('utf8')
    super(elementIn(text, 'Message') || `status ${status}`)
    this.name = 'Refusal'
    this.code = headers['x-ms-error-code']?.toString() ?? elementIn(text, 'Code')
    this.statusCode = status
    this.request = { method }
    this.response = { headers: { get: (name) => headers[name]?.toString() } }
  }
}

/** Requests to one blob, each sent once. Throws Refusal for every answer of 300 and above. */
export function blobRequests(access: Access, send: Send): BlobRequests {
  return {
    access,
    async ask({ method, query = {}, headers = {}, body }, { signal, idleMs }) {
      const { url, authorization } = await access.now()
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      const answer = await send({
        method,
        url: url.href,
        headers: {
          'x-ms-version': serviceVersion,
          'user-agent': 'batch-image-studio',
          ...(authorization !== null && { authorization }),
          ...headers,
        },
        ...(body && { body }),
        idleMs,
        signal,
      })
      if (answer.status >= 300) throw new Refusal(method, answer)
      return answer
    },
  }
}

/** Content-MD5 or x-ms-content-crc64; `source`: of what the service is to read elsewhere. */
export function checksumHeaders(checksum: Checksum | null, source = false): Record<string, string> {
  if (!checksum) return {}
  if (checksum.kind === 'md5') return { [source ? 'x-ms-source-content-md5' : 'content-md5']: checksum.base64 }
  return { [source ? 'x-ms-source-content-crc64' : 'x-ms-content-crc64']: checksum.base64 }
}

/** Throws AppError `upload.checksum` where the service stored something else than was sent. */
export function assertStored(checksum: Checksum | null, headers: IncomingHttpHeaders, url: string): void {
  if (!checksum) return
  const stored = headers[checksum.kind === 'md5' ? 'content-md5' : 'x-ms-content-crc64']
  if (stored !== undefined && stored !== checksum.base64) throw new AppError('upload.checksum', { blob: url })
}

/** Header `x-ms-meta-NAME` for each entry, and back. */
export function metadataHeaders(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]))
}
export function metadataIn(headers: IncomingHttpHeaders): Record<string, string> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith('x-ms-meta-'))
  return Object.fromEntries(found.map(([name, value]) => [name.slice('x-ms-meta-'.length), String(value)]))
}

export function elementIn(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
}
