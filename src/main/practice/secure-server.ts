import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

export type RunningServer = {
  port: number
  /** Stops listening and drops open connections. */
  close(): Promise<void>
}

/**
 * HTTPS on 127.0.0.1. `requestLimitMs` is the time a client has to send one request, 0 = without end.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port belongs to another program
 */
export async function listenSecurely(
  options: { tls: { key: string; cert: string }; port: number; requestLimitMs: number },
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<RunningServer> {
  const server = createServer(options.tls, answer)
  const sockets = new Set<Socket>()
  server.on('secureConnection', (socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.keepAliveTimeout = 60_000
  server.requestTimeout = options.requestLimitMs
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
