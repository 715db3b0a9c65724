import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer, request } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls'
import type { Authority } from './authority'

/** Where names lead that no name server knows: `login.contoso.example` to a port of this computer. */
export type Places = Record<string, number>
export type TestServer = {
  port: number
  url: string
  /** `METHOD host/path` of each request, or `host:port` of each tunnel asked for. */
  asked: string[]
  close(): Promise<void>
}
export type ProxyOptions = {
  places: Places
  /** Value of Proxy-Authorization that is let through; anything passes where it is absent. */
  authorization?: string
  /** Answers every CONNECT with this status. */
  refuses?: number
}

/** A cloud's hosts under their own names: one https server with a certificate per name. */
export async function startHosts(
  authority: Authority,
  names: string[],
  reply: (
    request: IncomingMessage,
    body: string,
  ) => { status?: number; headers?: Record<string, string>; body: unknown },
): Promise<TestServer> {
  const contexts = new Map<string, SecureContext>()
  for (const name of names) contexts.set(name, createSecureContext(await authority.issue(name)))
  const asked: string[] = []
  const server = createServer({
    ...(await authority.issue(names[0]!)),
    SNICallback: (name, answer) => answer(null, contexts.get(name)),
  })
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    void textOf(incoming).then((body) => {
      asked.push(`${incoming.method} ${incoming.headers.host}${incoming.url}`)
      const { status = 200, headers, body: answer } = reply(incoming, body)
      response.writeHead(status, { 'content-type': 'application/json', 'x-ms-request-id': 'req-1', ...headers })
      response.end(JSON.stringify(answer))
    })
  })
  return listen(server, asked, 'https')
}

/** A proxy that only opens tunnels (RFC 9110, 9.3.6), with Basic authentication where asked for. */
export async function startProxy(options: ProxyOptions): Promise<TestServer> {
  const asked: string[] = []
  const server = createHttpServer((incoming, response) => {
    asked.push(incoming.url ?? '')
    response.writeHead(501).end()
  })
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    asked.push(incoming.url ?? '')
    const refused = refusal(incoming, options)
    if (refused) return void client.end(refused)
    const upstream = connect(portOf(incoming.url ?? '', options.places), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  return listen(server, asked, 'http')
}

/** A proxy that opens every connection, reads it, and shows certificates of its own authority, as companies do. */
export async function startInspector(
  options: ProxyOptions & { authority: Authority; upstream: Authority },
): Promise<TestServer> {
  const asked: string[] = []
  const inside = createHttpServer((incoming, response) => {
    const host = incoming.headers.host ?? ''
    const forwarded = request(
      {
        host: '127.0.0.1',
        port: portOf(host, options.places),
        servername: host,
        ca: options.upstream.pem,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    forwarded.on('error', () => response.destroy())
    incoming.pipe(forwarded)
  })
  const server = createHttpServer((_request, response) => response.writeHead(501).end())
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    asked.push(incoming.url ?? '')
    const refused = refusal(incoming, options)
    if (refused) return void client.end(refused)
    void options.authority.issue((incoming.url ?? '').split(':')[0]!).then((pair) => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      const secure = new TLSSocket(client, { isServer: true, secureContext: createSecureContext(pair) })
      secure.on('error', () => client.destroy())
      inside.emit('connection', secure)
    })
  })
  return listen(server, asked, 'http')
}

function refusal(incoming: IncomingMessage, { authorization, refuses }: ProxyOptions): string | null {
  if (refuses !== undefined) return `HTTP/1.1 ${refuses} Refused\r\nContent-Length: 0\r\n\r\n`
  if (authorization === undefined || incoming.headers['proxy-authorization'] === authorization) return null
  return 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="Contoso"\r\nContent-Length: 0\r\n\r\n'
}

function portOf(place: string, places: Places): number {
  const [host = '', port] = place.split(':')
  return places[host] ?? Number(port)
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

async function listen(server: Server, asked: string[], scheme: string): Promise<TestServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
