import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { blobError, escapeXml } from './blobs-errors'
import type { Caller } from './server'

// Azurite checks a user delegation SAS against a key that it derives from these words (3.37.0, blob/utils/utils.js); so the key
// handed out here has to be derived in the same way.
const azuriteSeed = 'azurite-user-delegation-signing-seed-v1'
const keyVersion = '2026-06-06'
const longestMs = 7 * 86_400_000
const bodyLimitBytes = 64 * 1024

/**
 * Answers Get User Delegation Key for a signed-in caller.
 * @throws BlobError 400 for times that are no times, in the past or more than seven days apart
 */
export async function delegationKeyReply(incoming: IncomingMessage, caller: Caller): Promise<string> {
  const xml = await readText(incoming)
  const start = /<Start>([^<]*)<\/Start>/.exec(xml)?.[1] ?? ''
  const expiry = /<Expiry>([^<]*)<\/Expiry>/.exec(xml)?.[1] ?? ''
  const [startMs, expiryMs] = [Date.parse(start), Date.parse(expiry)]
  if (!(expiryMs > Date.now()) || !(startMs <= expiryMs) || expiryMs - Date.now() > longestMs) {
    const text = 'The value for one of the XML nodes is not in the correct format.'
    throw blobError(400, 'InvalidXmlNodeValue', text, { elements: { XmlNodeName: 'Expiry', XmlNodeValue: expiry } })
  }
  const signed = [caller.oid, caller.tid, start, expiry, 'b', keyVersion].join('\n')
  const value = createHmac('sha256', azuriteSeed).update(signed, 'utf8').digest('base64')
  const elements = {
    SignedOid: caller.oid,
    SignedTid: caller.tid,
    SignedStart: start,
    SignedExpiry: expiry,
    SignedService: 'b',
    SignedVersion: keyVersion,
    Value: value,
  }
  const body = Object.entries(elements).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`)
  return `<?xml version="1.0" encoding="utf-8"?><UserDelegationKey>${body.join('')}</UserDelegationKey>`
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > bodyLimitBytes) throw blobError(413, 'RequestBodyTooLarge', 'The request body is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
