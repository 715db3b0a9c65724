import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCertificate } from '../../src/main/practice/cert'
import type { CloudProfile } from '../../src/shared/profile'

export type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
export type HttpsServer = {
  /** `https://127.0.0.1:port` */
  url: string
  host: string
  caFile: string
  seen: Seen[]
  close(): Promise<void>
}
export type Answer = { status: number; headers?: Record<string, string>; body?: unknown } | 'cut' | 'never'

/** A real server with a certificate of its own authority. A string body goes out as it is, anything else as JSON. */
export async function startServer(answer: (request: Seen) => Answer): Promise<HttpsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bis-https-'))
  const { key, cert, caFile } = await openCertificate(folder)
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ key, cert }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const entry = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
      seen.push(entry)
      reply(answer(entry), response)
    })
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    caFile,
    seen,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A profile whose every endpoint is that server. */
export function profileOf(server: { url: string; host: string; caFile: string }): CloudProfile {
  return {
    name: 'test',
    authority: server.url,
    knownAuthorities: [server.host],
    clientId: '11111111-2222-3333-4444-555555555555',
    tenant: 'contoso.example',
    armEndpoint: server.url,
    armScope: `${server.url}/.default`,
    batchScope: 'https://batch.example/.default',
    batchSuffix: '127.0.0.1',
    storageScope: 'https://storage.azure.com/.default',
    storageSuffix: '127.0.0.1',
    caFile: server.caFile,
    loopbackOnly: true,
  }
}

function reply(answer: Answer, response: ServerResponse) {
  if (answer === 'never') return
  if (answer === 'cut') {
    response.socket?.destroy()
    return
  }
  const isText = typeof answer.body === 'string'
  const type = isText ? 'text/plain' : 'application/json'
  response.writeHead(answer.status, { 'content-type': type, 'x-ms-request-id': 'req-1', ...answer.headers })
  response.end(isText ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body))
}
