import { request, type IncomingHttpHeaders } from 'node:http'
import type { AzuriteAddress } from './azurite'

export type AzuriteReply = {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** One whole request to Azurite with a small body; `path` carries its own signature. */
export function askAzurite(
  { port, agent }: AzuriteAddress,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer = Buffer.alloc(0),
): Promise<AzuriteReply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
