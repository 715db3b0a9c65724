import type { IncomingHttpHeaders } from 'node:http'
import type { Blob, Blobs } from './blobs'
import type { Body } from './body'
import type { Kind } from './kinds'
import { Refused } from './refused'

export type Ask = {
  kind: Kind
  blob: string
  headers: IncomingHttpHeaders
  query: URLSearchParams
  body: Body
  blobs: Blobs
}
export type Reply = { status: number; headers?: Record<string, string>; body?: Buffer | string }

/** What a client learns about a blob by HEAD. */
export function describe(blob: Blob): Record<string, string> {
  const metadata = Object.entries(blob.metadata).map(([key, value]) => [`x-ms-meta-${key}`, value] as const)
  return {
    ...blob.properties,
    ...Object.fromEntries(metadata),
    'content-length': String(blob.lengthBytes),
    'accept-ranges': 'bytes',
    'x-ms-blob-type': blob.type,
    'x-ms-lease-status': 'unlocked',
    'x-ms-lease-state': 'available',
  }
}

/** `x-ms-meta-*` of a request, names without that. */
export function metadataIn(headers: IncomingHttpHeaders): Record<string, string> {
  const named = Object.entries(headers).filter(([name]) => name.startsWith('x-ms-meta-'))
  return Object.fromEntries(named.map(([name, value]) => [name.slice('x-ms-meta-'.length), String(value)]))
}

/** `x-ms-blob-content-type` and the like, as the names under which HEAD gives them back. */
export function propertiesIn(headers: IncomingHttpHeaders): Record<string, string> {
  const named = Object.entries(headers).filter(([name]) => /^x-ms-blob-(content-(?!length)|cache-)/.test(name))
  return Object.fromEntries(named.map(([name, value]) => [name.slice('x-ms-blob-'.length), String(value)]))
}

/** The blob that `x-ms-copy-source` names, which must be one of this sink. */
export function sourceOf(headers: IncomingHttpHeaders, blobs: Blobs): Blob {
  const { pathname } = new URL(String(headers['x-ms-copy-source']))
  const blob = blobs.find(blobNameIn(pathname))
  if (!blob) throw new Refused(404, 'CannotVerifyCopySource')
  return blob
}

/** `/account/container/a/b.vhd` is blob `a/b.vhd`. */
export function blobNameIn(pathname: string): string {
  return decodeURIComponent(pathname.split('/').slice(3).join('/'))
}
