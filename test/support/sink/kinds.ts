import type { IncomingHttpHeaders } from 'node:http'

/** Requests of the Blob service that upload clients make; `other` is answered 400. */
export type Kind =
  | 'create'
  | 'put-page'
  | 'clear-pages'
  | 'put-page-from-url'
  | 'page-ranges'
  | 'put-blob'
  | 'copy-blob'
  | 'put-block'
  | 'put-block-list'
  | 'block-list'
  | 'properties'
  | 'set-properties'
  | 'set-metadata'
  | 'read'
  | 'delete'
  | 'container'
  | 'other'

export function kindOf(method: string, query: URLSearchParams, headers: IncomingHttpHeaders): Kind {
  if (query.get('restype') === 'container') return 'container'
  const comp = query.get('comp')
  if (method === 'PUT') return putKind(comp, headers)
  if (method === 'HEAD') return 'properties'
  if (method === 'DELETE') return 'delete'
  if (method !== 'GET') return 'other'
  if (comp === 'pagelist') return 'page-ranges'
  if (comp === 'blocklist') return 'block-list'
  return comp === null ? 'read' : comp === 'metadata' ? 'properties' : 'other'
}

function putKind(comp: string | null, headers: IncomingHttpHeaders): Kind {
  const isFromUrl = headers['x-ms-copy-source'] !== undefined
  switch (comp) {
    case 'page':
      if (headers['x-ms-page-write'] === 'clear') return 'clear-pages'
      return isFromUrl ? 'put-page-from-url' : 'put-page'
    case 'block':
      return isFromUrl ? 'other' : 'put-block'
    case 'blocklist':
      return 'put-block-list'
    case 'properties':
      return 'set-properties'
    case 'metadata':
      return 'set-metadata'
    case null:
      if (isFromUrl) return 'copy-blob'
      return headers['x-ms-blob-type'] === 'PageBlob' ? 'create' : 'put-blob'
    default:
      return 'other'
  }
}
