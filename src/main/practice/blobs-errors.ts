import { randomUUID } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'

/** A refusal of the blob service: XML body and `x-ms-error-code`, as documented under "Status and error codes". */
export type BlobError = Error & {
  name: 'BlobError'
  status: number
  code: string
  headers: Record<string, string>
  /** More elements of the XML body, such as MaxLimit or HeaderName. */
  elements: Record<string, string>
}

/** Builds the error. */
export function blobError(
  status: number,
  code: string,
  message: string,
  more: { headers?: Record<string, string>; elements?: Record<string, string> } = {},
): BlobError {
  const details = { name: 'BlobError' as const, status, code, headers: more.headers ?? {} }
  return Object.assign(new Error(message), details, { elements: more.elements ?? {} })
}

/** What goes out for any error; unknown ones are a 500 InternalError. */
export function blobRefusal(error: unknown): { status: number; headers: OutgoingHttpHeaders; body: string } {
  const known = isBlobError(error) ? error : blobError(500, 'InternalError', internalText(error))
  const requestId = randomUUID()
  const elements = Object.entries(known.elements).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
  const body =
    `<?xml version="1.0" encoding="utf-8"?><Error><Code>${known.code}</Code><Message>${escapeXml(known.message)}\n` +
    `RequestId:${requestId}\nTime:${new Date().toISOString()}</Message>${elements.join('')}</Error>`
  const headers = {
    ...known.headers,
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    'x-ms-error-code': known.code,
    'x-ms-request-id': requestId,
  }
  return { status: known.status, headers, body }
}

function isBlobError(error: unknown): error is BlobError {
  return error instanceof Error && error.name === 'BlobError'
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function internalText(error: unknown): string {
  return `The server encountered an internal error. Please retry the request. ${error instanceof Error ? error.message : ''}`.trim()
}
