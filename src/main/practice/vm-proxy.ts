import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isUp } from './arm-vms-state'
import { admittedAt, machineAt, userAddress } from './vm-ways'
import type { Guests } from './guests'
import type { PracticeCloud } from './server'

export type VmProxy = {
  /** `http://127.0.0.1:P` */
  origin: string
  port: number
  /** Cuts every connection to a machine that is open now, as a broken line does. */
  cut(): void
  close(): Promise<void>
}

/**
 * The way to the machines of this cloud: `CONNECT 203.0.113.10:22` on loopback leads to the machine with that public
 * address. Its security groups see the user's practice address. Whoever is not admitted, or knocks at a machine that
 * does not run, hears nothing, as from Azure; a port on which nobody listens is refused at once (502). GET /address answers the user's address.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port belongs to another program
 */
export async function startVmProxy(cloud: PracticeCloud, guests: Guests, port: number): Promise<VmProxy> {
  const sockets = new Set<Socket>()
  const joined = new Set<Duplex>()
  const server = createServer((incoming, outgoing) => {
    const isAsked = incoming.method === 'GET' && incoming.url === '/address'
    outgoing.writeHead(isAsked ? 200 : 404, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
    outgoing.end(isAsked ? userAddress(cloud.faults) : '')
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy())
    // Whatever goes wrong with one connection must not end the cloud.
    join(cloud, guests, incoming.url ?? '', client, head, joined).catch(() => client.destroy())
  })
  await listening(server, port)
  const own = (server.address() as AddressInfo).port
  const cut = () => {
    for (const client of joined) client.destroy()
  }
  return {
    origin: `http://127.0.0.1:${own}`,
    port: own,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function join(
  cloud: PracticeCloud,
  guests: Guests,
  target: string,
  client: Duplex,
  head: Buffer,
  joined: Set<Duplex>,
): Promise<void> {
  cloud.operations.settle()
  const [, address = '', port = ''] = /^(.+):(\d+)$/.exec(target) ?? []
  if (cloud.faults.take('cut', `CONNECT ${target}`)) {
    client.destroy()
    return
  }
  const machine = machineAt(cloud, address)
  // Nobody answers: the client gives up when it has waited long enough.
  if (!machine || !isUp(machine.vm) || !admittedAt(cloud, machine, Number(port))) return
  const inside = await guests.connect(machine.vm.id, Number(port))
  if (client.destroyed) return
  if (inside === null) {
    refuse(client)
    return
  }
  const guest = connect({ port: inside, host: '127.0.0.1', noDelay: true })
  guest.once('error', () => (joined.has(client) ? client.destroy() : refuse(client)))
  guest.once('connect', () => {
    joined.add(client)
    if ('setNoDelay' in client) (client as Socket).setNoDelay(true)
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) guest.write(head)
    client.pipe(guest)
    guest.pipe(client)
  })
  guest.on('close', () => client.destroy())
  client.on('close', () => {
    joined.delete(client)
    guest.destroy()
  })
}

function refuse(client: Duplex): void {
  client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}
