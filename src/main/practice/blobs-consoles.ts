import { createHash } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { digText } from './arm-parts'
import { vmType } from './arm-vms-state'
import { permissionMismatch, type BlobTarget } from './blobs-access'
import { authenticationFailed } from './blobs-conditions'
import { blobError } from './blobs-errors'
import { wallClockMs } from './faults'
import type { Guests } from './guests'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

export type ConsoleGrant = { signature: string; end: string }

/** Virtual time from a line on the serial port to its appearance in the log: Azure collects it from time to time. */
const collectMs = 30_000

/** Names of the blobs of a machine's boot diagnostics. */
export function consoleNames(vm: Resource): { container: string; log: string; screenshot: string } {
  const id = digText(vm.wire, 'properties', 'vmId') ?? ''
  const short = vm.name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 9)
  return {
    container: `bootdiagnostics-${short}-${id}`,
    log: `${vm.name}.${id}.serialconsole.log`,
    screenshot: `${vm.name}.${id}.screenshot.bmp`,
  }
}

/** Storage that Azure keeps for boot diagnostics; no storage account can have such a name. */
export function isConsole({ account }: BlobTarget): boolean {
  return account.startsWith('mbd-')
}

/** Answers GET and HEAD, whole or a range, of one of these blobs. @throws BlobError 403, 404 */
export function answerConsole(
  cloud: PracticeCloud,
  guests: Pick<Guests, 'serialLog' | 'screenshot'>,
  request: { method: string; url: URL; target: BlobTarget; incoming: IncomingMessage; outgoing: ServerResponse },
  headers: OutgoingHttpHeaders,
): void {
  const { method, url, target, incoming, outgoing } = request
  const { bytes, type } = consoleBehind(cloud, guests, target, { method, query: url.searchParams })
  const wanted = /^bytes=(\d+)-(\d*)$/.exec(String(incoming.headers['x-ms-range'] ?? incoming.headers.range ?? ''))
  const from = wanted && bytes.length > 0 ? Number(wanted[1]) : 0
  if (from > 0 && from >= bytes.length)
    throw blobError(416, 'InvalidRange', 'The range specified is invalid for the current size of the resource.')
  const end = wanted?.[2] ? Math.min(Number(wanted[2]) + 1, bytes.length) : bytes.length
  const isPart = wanted !== null && bytes.length > 0
  const part = bytes.subarray(from, end)
  outgoing.writeHead(isPart ? 206 : 200, {
    ...headers,
    'content-type': type,
    'content-length': part.length,
    'accept-ranges': 'bytes',
    'last-modified': new Date(wallClockMs(cloud.faults)).toUTCString(),
    etag: `"0x${createHash('sha1').update(bytes).digest('hex').slice(0, 15).toUpperCase()}"`,
    'x-ms-blob-type': 'PageBlob',
    ...(isPart ? { 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` } : {}),
  })
  outgoing.end(method === 'HEAD' ? undefined : part)
}

/**
 * Serial log or screen of a machine behind a signed address.
 * @throws BlobError 403, 404
 */
function consoleBehind(
  cloud: PracticeCloud,
  guests: Pick<Guests, 'serialLog' | 'screenshot'>,
  target: BlobTarget,
  request: { method: string; query: URLSearchParams },
): { bytes: Buffer; type: string } {
  const vm = cloud.store.list(vmType).find((one) => kept(one)?.account === target.account)
  const names = vm ? consoleNames(vm) : null
  if (!vm || names?.container !== target.container || ![names.log, names.screenshot].includes(target.blob))
    throw blobError(404, 'BlobNotFound', 'The specified blob does not exist.')
  const grant = kept(vm)?.grants.find(({ signature }) => signature === request.query.get('sig'))
  if (!grant || grant.end !== request.query.get('se') || Date.parse(grant.end) < wallClockMs(cloud.faults))
    throw authenticationFailed('Signature did not match.')
  if (!['GET', 'HEAD'].includes(request.method)) throw permissionMismatch()
  if (target.blob === names.screenshot) return { bytes: guests.screenshot(vm.id), type: 'image/bmp' }
  return { bytes: Buffer.from(collected(cloud, guests, vm), 'utf8'), type: 'text/plain' }
}

function collected(cloud: PracticeCloud, guests: Pick<Guests, 'serialLog'>, vm: Resource): string {
  const until = cloud.clock.now() - collectMs
  const lines = guests.serialLog(vm.id).filter(({ atMs }) => atMs <= until)
  // In jump mode a look is what brings the time forward in which the log is collected.
  if (cloud.clock.speed() === 'jump') cloud.clock.skip(collectMs)
  return cloud.faults.take('empty-serial-log', vm.id) ? '' : lines.map(({ text }) => text).join('')
}

function kept(vm: Resource): { account: string; grants: ConsoleGrant[] } | undefined {
  return vm.hidden['console'] as { account: string; grants: ConsoleGrant[] } | undefined
}
