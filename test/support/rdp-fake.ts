import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, TLSSocket, type SecureContextOptions } from 'node:tls'
import { MessageChannel } from 'node:worker_threads'
import type { BytePort } from '../../src/main/sessions/rdp/relay'
import type { Pair } from './authority'

/** Connection confirms as Windows and FreeRDP send them (MS-RDPBCGR 2.2.1.2, examples in 4.1.2). */
export const confirms = {
  nla: '030000130ed000000000000203080002000000',
  tls: '030000130ed000000000000203080001000000',
  nlaRequired: '030000130ed000000000000300080005000000',
  tlsNotAllowed: '030000130ed000000000000300080002000000',
  /** Of a server that knows no negotiation. */
  withoutNegotiation: '0300000b06d00000123400',
  oldSecurity: '030000130ed000000000000203080000000000',
}
/** What IronRDP asks with: a cookie with the user name, then TLS, CredSSP and CredSSP-EX. */
export const clientRequest = Buffer.concat([
  Buffer.from('0300002c27e00000000000', 'hex'),
  Buffer.from('Cookie: mstshash=admin\r\n', 'latin1').subarray(0, 25),
  Buffer.from('010008000b000000', 'hex'),
])

export type FakeRdp = {
  port: number
  /** The first packet of each connection. */
  requests: Buffer[]
  /** What arrived inside TLS. */
  received: Buffer
  sockets: Set<Socket>
  /** Resolves when as many bytes have arrived inside TLS. */
  until(bytes: number): Promise<void>
  /** Sends inside TLS. */
  send(bytes: Buffer): void
  close(): Promise<void>
}

/** A server that confirms, begins TLS, and then keeps what it gets: RDP up to where credentials would follow. */
export async function startFakeRdp(
  confirm: string | Buffer | null,
  certificate?: Pair | 'none',
  tls: SecureContextOptions = {},
): Promise<FakeRdp> {
  let inside: TLSSocket | null = null
  let onMore = () => undefined as void
  const fake = { requests: [] as Buffer[], received: Buffer.alloc(0), sockets: new Set<Socket>() }
  const server = createServer((socket) => {
    fake.sockets.add(socket)
    socket.on('close', () => fake.sockets.delete(socket)).on('error', () => undefined)
    socket.once('data', (request: Buffer) => {
      fake.requests.push(request)
      if (confirm === null) return
      socket.write(Buffer.isBuffer(confirm) ? confirm : Buffer.from(confirm, 'hex'))
      // It waits for ever, or leaves when TLS begins.
      if (certificate === 'none') return
      if (!certificate) return void socket.once('data', () => socket.destroy())
      inside = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ ...certificate, ...tls }) })
      inside.on('error', () => undefined)
      inside.on('data', (bytes: Buffer) => {
        fake.received = Buffer.concat([fake.received, bytes])
        onMore()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(fake, {
    port: (server.address() as AddressInfo).port,
    until: (bytes: number) =>
      new Promise<void>((resolve) => {
        onMore = () => (fake.received.length >= bytes ? resolve() : undefined)
        onMore()
      }),
    send: (bytes: Buffer) => void inside?.write(bytes),
    async close() {
      for (const socket of fake.sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

export type PageEnd = {
  /** What main holds. */
  port: BytePort
  received(): Buffer
  send(bytes: Uint8Array): void
  close(): void
  /** Resolves when so many bytes have arrived. */
  until(bytes: number): Promise<void>
  closed: Promise<void>
}

/** A message port as between main and the page, both ends of it. */
export function openPort(): PageEnd {
  const { port1: main, port2: page } = new MessageChannel()
  let received = Buffer.alloc(0)
  let onMore = () => undefined as void
  page.on('message', (bytes: Uint8Array) => {
    received = Buffer.concat([received, bytes])
    page.postMessage(bytes.length)
    onMore()
  })
  return {
    port: {
      send: (bytes) => main.postMessage(Uint8Array.from(bytes)),
      close: () => main.close(),
      listen(on) {
        main.on('message', (message: Uint8Array | number) => {
          if (typeof message === 'number') on.seen(message)
          else on.bytes(Buffer.from(message))
        })
        main.on('close', () => on.close())
      },
    },
    received: () => received,
    send: (bytes) => page.postMessage(Uint8Array.from(bytes)),
    close: () => page.close(),
    until: (bytes) =>
      new Promise((resolve) => {
        onMore = () => (received.length >= bytes ? resolve() : undefined)
        onMore()
      }),
    closed: new Promise((resolve) => page.on('close', () => resolve())),
  }
}
