import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { createCrc64 } from './crc64'
import { Refused } from './refused'

export type Body = {
  lengthBytes: number
  /** The bytes themselves, when they were to be kept. */
  bytes: Buffer
  /** What an answer carries: the header with its value. */
  checksum: Record<string, string>
}

export type BodyOptions = {
  keep: boolean
  /** verify: compute and compare, as the service does; echo: believe what the client says, which costs nothing. */
  checksums: 'verify' | 'echo'
  onBytes(bytes: number): void
  waitMs(bytes: number): number
  /** Called once when half of the announced body is here. */
  onHalf(): void
}

/** Takes in the body of a request. Rejects when the client leaves before its end. */
export async function receive(request: IncomingMessage, options: BodyOptions) {
  const { headers } = request
  const half = Number(headers['content-length'] ?? 0) / 2
  const sum = options.checksums === 'verify' && isData(request) ? summerFor(headers) : null
  const kept: Buffer[] = []
  let lengthBytes = 0
  let isHalfTold = false
  for await (const chunk of request as AsyncIterable<Buffer>) {
    lengthBytes += chunk.length
    options.onBytes(chunk.length)
    sum?.update(chunk)
    if (options.keep) kept.push(chunk)
    if (!isHalfTold && lengthBytes >= half) {
      isHalfTold = true
      options.onHalf()
    }
    const waitMs = options.waitMs(chunk.length)
    if (waitMs > 2) await wait(waitMs)
  }
  const body: Body = { lengthBytes, bytes: Buffer.concat(kept), checksum: sum ? sum.answer() : echoOf(headers) }
  // The answer carries a checksum of what arrived; a refusal names which one did not fit.
  for (const [name, code] of checksumNames) {
    const claimed = headers[name]
    if (sum && claimed !== undefined && body.checksum[name] !== claimed) throw new Refused(400, code)
  }
  return body
}

const checksumNames = [
  ['content-md5', 'Md5Mismatch'],
  ['x-ms-content-crc64', 'Crc64Mismatch'],
] as const

function isData({ method, url = '' }: IncomingMessage): boolean {
  return method === 'PUT' && /[?&]comp=(page|block)(&|$)/.test(url)
}

/** Since version 2019-02-02 the service answers with the MD5 only when it was sent one, else with the CRC-64. */
function summerFor(headers: IncomingMessage['headers']) {
  if (headers['content-md5'] === undefined) {
    const sum = createCrc64()
    return {
      update: (bytes: Buffer) => sum.update(bytes),
      answer: () => ({ 'x-ms-content-crc64': sum.digest().toString('base64') }) as Record<string, string>,
    }
  }
  const sum = createHash('md5')
  return {
    update: (bytes: Buffer) => void sum.update(bytes),
    answer: () => ({ 'content-md5': sum.digest('base64') }) as Record<string, string>,
  }
}

function echoOf(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    checksumNames.flatMap(([name]) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  )
}
