import { createHash, randomUUID } from 'node:crypto'
import {
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Azurite } from './azurite'
import { assertInTime, networkRefusal } from './blobs-conditions'
import {
  assertMay,
  hasSas,
  ownSas,
  parseTarget,
  permissionMismatch,
  sasParameters,
  unauthenticated,
  type BlobGate,
  type BlobTarget,
} from './blobs-access'
import { delegationKeyReply } from './blobs-delegation'
import { answerConsole, isConsole } from './blobs-consoles'
import { diskBehind, disksAccount, disksContainer, isOnDisk, placeOf } from './blobs-disks'
import { blobError, blobRefusal } from './blobs-errors'
import { assertWithinLimits } from './blobs-limits'
import { wallClockMs } from './faults'
import { readCopySource } from './blobs-copy'
import type { Guests } from './guests'
import type { Caller, PracticeCloud } from './server'

export type FrontParts = {
  cloud: PracticeCloud
  gate: BlobGate
  azurite: Azurite
  /** Key and ARM id of a storage account, and whether its firewall keeps everybody out; null when there is none. */
  keyOf(account: string): Promise<{ key: string; resourceId: string; isClosed: boolean } | null>
  /** Key of the account behind the managed disks. */
  diskKey: string
  guests: Pick<Guests, 'serialLog' | 'screenshot'>
}

type FrontRequest = {
  incoming: IncomingMessage
  outgoing: ServerResponse
  method: string
  url: URL
  target: BlobTarget
  /** `METHOD /account/container/blob?comp=page`: what incidents match on. */
  place: string
}

/** Answers one request on the blob port: incidents, authorization, limits, then Azurite does the work. Never throws. */
export async function answerBlobRequest(
  parts: FrontParts,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const method = incoming.method ?? 'GET'
  incoming.on('error', () => undefined)
  outgoing.on('error', () => undefined)
  // Joined as text: a path such as `//host/x` must not become another host.
  const url = new URL(`https://127.0.0.1${incoming.url?.startsWith('/') ? incoming.url : '/'}`)
  const target = parseTarget(url.pathname)
  const comp = url.searchParams.get('comp')
  const place = `${method} ${url.pathname}${comp === null ? '' : `?comp=${comp}`}`
  try {
    if (!target) throw blobError(400, 'InvalidUri', 'The requested URI does not represent any resource on the server.')
    if (parts.cloud.faults.take('cut', place)) {
      cut(incoming)
      return
    }
    refuseByIncident(parts.cloud, place)
    const late = parts.cloud.faults.take('delay', place)
    if (late) await pause((late.retryAfter ?? 1) * 1000)
    await serve(parts, { incoming, outgoing, method, url, target, place })
  } catch (error) {
    refuse(parts, incoming, outgoing, error, method, url)
  }
}

async function serve(parts: FrontParts, request: FrontRequest): Promise<void> {
  if (isOnDisk(request.target)) return serveDisk(parts, request)
  if (isConsole(request.target)) {
    const { cloud, guests } = parts
    const headers = standardHeaders(request.incoming.headers, cloud)
    return answerConsole(cloud, guests, request, headers)
  }
  const { incoming, outgoing, method, url, target, place } = request
  const account = await parts.keyOf(target.account)
  if (!account) throw blobError(404, 'ResourceNotFound', 'The specified resource does not exist.')
  const headers = incoming.headers
  const authorization = headers.authorization
  assertInTime(parts.cloud.faults, headers, url.searchParams)
  if (account.isClosed) throw networkRefusal()
  let caller: Caller | null = null
  if (/^SharedKey /i.test(authorization ?? '') || hasSas(url.searchParams)) {
    // Signatures are Azurite's to judge: it has the keys.
  } else {
    const asked = { method, target, query: url.searchParams, authorization }
    caller = assertMay(parts.gate, asked, account.resourceId, place)
  }
  assertWithinLimits({ method, target, query: url.searchParams, headers })
  if (target.container === '' && url.searchParams.get('comp') === 'userdelegationkey') {
    if (!caller) throw unauthenticated('missing', '')
    const body = await delegationKeyReply(incoming, caller)
    count(parts.cloud, method, url, headers, 200, '')
    outgoing.writeHead(200, { 'content-type': 'application/xml', ...standardHeaders(headers, parts.cloud) }).end(body)
    return
  }
  const path = caller ? signedPath(url, url.pathname, ownSas(target.account, account.key)) : (incoming.url ?? '/')
  await pass(parts, request, { path, isOurs: caller !== null }, await sourceOf(parts, request))
}

/** Requests to a managed disk go to the page blob behind it, signed anew: Azurite knows nothing of disks. */
async function serveDisk(parts: FrontParts, request: FrontRequest): Promise<void> {
  const { incoming, method, url, target, place } = request
  assertInTime(parts.cloud.faults, incoming.headers, url.searchParams)
  const disk = diskBehind(parts.cloud, target, { method, query: url.searchParams, place })
  assertWithinLimits({ method, target, query: url.searchParams, headers: incoming.headers })
  const inside = `/${disksAccount}/${disksContainer}/${placeOf(disk)?.account}`
  const path = signedPath(url, inside, ownSas(disksAccount, parts.diskKey))
  await pass(parts, request, { path, isOurs: true }, await sourceOf(parts, request))
}

/** A path of Azurite's with the request's own query and a signature of ours instead of the client's. */
function signedPath(url: URL, pathname: string, signature: URLSearchParams): string {
  const own = [...url.searchParams].filter(([name]) => !sasParameters.has(name))
  return `${pathname}?${new URLSearchParams([...own, ...signature])}`
}

async function sourceOf(parts: FrontParts, { incoming, url, place }: FrontRequest): Promise<Buffer | null> {
  const host = `127.0.0.1:${incoming.socket.localPort}`
  const signed = async (source: URL, authorization: string) => {
    const target = parseTarget(source.pathname)
    const account = target && (await parts.keyOf(target.account))
    if (!account) throw blobError(404, 'CannotVerifyCopySource', 'The specified resource does not exist.')
    const asked = { method: 'GET', target, query: source.searchParams, authorization }
    assertMay(parts.gate, asked, account.resourceId, place)
    return signedPath(source, source.pathname, ownSas(target.account, account.key))
  }
  const comp = url.searchParams.get('comp')
  return readCopySource(await parts.azurite.address(), comp, incoming.headers, host, signed)
}

/** Hands the request to Azurite and its answer back, both as streams. */
async function pass(
  parts: FrontParts,
  { incoming, outgoing, method, url }: FrontRequest,
  { path, isOurs }: { path: string; isOurs: boolean },
  body: Buffer | null,
): Promise<void> {
  const { port, agent } = await parts.azurite.address()
  const headers = forwardedHeaders(incoming.headers, isOurs)
  const copySource = headers['x-ms-copy-source']
  // Azurite reads a source over http only: blobs of this cloud are handed to it by its own address.
  if (copySource !== undefined && String(copySource).startsWith(`https://${incoming.headers.host}/`))
    headers['x-ms-copy-source'] = String(copySource).replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${port}`)
  if (body) {
    // What the client knows of the source's bytes is checked like that of a body.
    const checks = { 'x-ms-source-content-md5': 'content-md5', 'x-ms-source-content-crc64': 'x-ms-content-crc64' }
    for (const [name, own] of Object.entries(checks)) if (headers[name] !== undefined) headers[own] = headers[name]
    for (const name of Object.keys(headers)) if (/^x-ms-(copy-)?source/.test(name)) delete headers[name]
    headers['content-length'] = String(body.length)
  }
  const hash = createHash('sha1')
  await new Promise<void>((resolve, reject) => {
    const upstream = request({ host: '127.0.0.1', port, agent, method, path, headers }, (answer) => {
      const status = answer.statusCode ?? 500
      count(parts.cloud, method, url, incoming.headers, status, method === 'PUT' ? hash.digest('base64') : '')
      outgoing.writeHead(status, answerHeaders(answer.headers, incoming.headers, parts.cloud))
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
      answer.on('close', resolve)
    })
    upstream.setNoDelay(true)
    upstream.on('error', (error) => {
      if (outgoing.headersSent) outgoing.destroy()
      // Azurite is on its way back: clients try again after this answer.
      reject(blobError(503, 'ServerBusy', `The server is busy. ${error.message}`, { headers: { 'retry-after': '1' } }))
    })
    // A client that goes away in the middle must not leave half a page write running.
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) upstream.destroy()
    })
    if (body) {
      hash.update(body)
      incoming.resume()
      upstream.end(body)
    } else {
      incoming.on('data', (chunk: Buffer) => hash.update(chunk))
      incoming.pipe(upstream)
    }
  })
}

function refuse(
  parts: FrontParts,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  error: unknown,
  method: string,
  url: URL,
): void {
  const { status, headers, body } = blobRefusal(error)
  count(parts.cloud, method, url, incoming.headers, status, '')
  // The rest of the body is read away: a client that still sends would see a reset instead of the answer.
  incoming.resume()
  if (outgoing.headersSent || outgoing.destroyed) return
  outgoing.writeHead(status, { ...standardHeaders(incoming.headers, parts.cloud), ...headers })
  outgoing.end(method === 'HEAD' ? undefined : body)
}

function refuseByIncident(cloud: PracticeCloud, place: string): void {
  const busy = cloud.faults.take('throttle', place) ?? cloud.faults.take('unavailable', place)
  if (busy) {
    const headers = { 'retry-after': String(busy.retryAfter ?? 1) }
    const text =
      busy.kind === 'throttle'
        ? 'Ingress is over the account limit.'
        : 'The server is currently unable to receive requests. Please retry your request.'
    throw blobError(503, 'ServerBusy', text, { headers })
  }
  if (cloud.faults.take('forbid', place)) throw permissionMismatch()
}

/** Breaks the line in the middle of what the client sends, or before an answer to a request without a body. */
function cut(incoming: IncomingMessage): void {
  const half = Number(incoming.headers['content-length'] ?? 0) / 2
  let received = 0
  if (half === 0) {
    incoming.socket.destroy()
    return
  }
  incoming.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received >= half) incoming.socket.destroy()
  })
}

function count(
  cloud: PracticeCloud,
  method: string,
  url: URL,
  headers: IncomingHttpHeaders,
  status: number,
  bodyHash: string,
): void {
  const comp = url.searchParams.get('comp')
  const target = parseTarget(url.pathname)
  const kind = target?.blob ? 'blob' : target?.container ? 'container' : 'service'
  const own = [...url.searchParams]
    .filter(([name]) => !sasParameters.has(name))
    .map(([name, value]) => `${name}=${value}`)
  // A page write is named by its range and by what it does there.
  const range = headers['x-ms-range'] ?? headers['range']
  if (method === 'PUT' && comp === 'page') own.push(`range=${String(range)}`, String(headers['x-ms-page-write'] ?? ''))
  const route = `/blob/{${kind}}${comp === null ? '' : `?comp=${comp}`}`
  cloud.stats.count({ method, route, url: `${url.pathname}?${own.sort().join('&')}`, bodyHash, status })
}

const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade', 'expect'])

function forwardedHeaders(headers: IncomingHttpHeaders, isOurs: boolean): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(headers)) {
    if (hopHeaders.has(name) && name !== 'transfer-encoding') continue
    if (isOurs && name === 'authorization') continue
    kept[name] = value
  }
  // The client spoke TLS to us; a SAS that allows only https is checked against this.
  kept['x-forwarded-proto'] = 'https'
  return kept
}

function answerHeaders(
  headers: IncomingHttpHeaders,
  asked: IncomingHttpHeaders,
  cloud: Pick<PracticeCloud, 'faults'>,
): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = standardHeaders(asked, cloud)
  for (const [name, value] of Object.entries(headers)) {
    if (!hopHeaders.has(name) && name !== 'server' && name !== 'date') kept[name] = value
  }
  return kept
}

function standardHeaders(asked: IncomingHttpHeaders, { faults }: Pick<PracticeCloud, 'faults'>): OutgoingHttpHeaders {
  const clientId = asked['x-ms-client-request-id']
  return {
    server: 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0',
    date: new Date(wallClockMs(faults)).toUTCString(),
    'x-ms-request-id': randomUUID(),
    ...(clientId === undefined ? {} : { 'x-ms-client-request-id': clientId }),
    'x-ms-version': String(asked['x-ms-version'] ?? '2026-06-06'),
  }
}
