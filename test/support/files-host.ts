import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import ssh2, { type Client, type SFTPWrapper } from 'ssh2'
import type { FileHost } from '../../src/main/sessions/files-hash'
import { createTransfers } from '../../src/main/sessions/files-transfers'
import type { Transfer } from '../../src/shared/files-calls'
import type { RealSshd } from './sshd'

export type ConnectedHost = FileHost & { close(): void }

/** A connection to a real server, as a session makes it. */
export async function connectHost(
  { user, key }: Pick<RealSshd, 'user' | 'key'>,
  port: number,
  system: FileHost['system'] = 'linux',
): Promise<ConnectedHost> {
  // CommonJS, whose names not every loader finds.
  const client = new ssh2.Client()
  client.connect({ host: '127.0.0.1', port, username: user, privateKey: key })
  await once(client, 'ready')
  client.setNoDelay(true)
  // A line that is cut on purpose.
  client.on('error', () => undefined)
  return { system, exec: (command) => runOn(client, command), sftp: () => sftpOn(client), close: () => client.end() }
}

function sftpOn(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))))
}

function runOn(client: Client, command: string): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error)
      let stdout = ''
      channel.on('data', (bytes: Buffer) => (stdout += bytes.toString()))
      channel.stderr.resume()
      channel.on('close', (code: number | null) => resolve({ code, stdout }))
    })
  })
}

/** Moves files or folders, and waits for the end, whatever it is. */
export function transferred(host: FileHost, direction: 'up' | 'down', paths: string[], to: string): Promise<Transfer> {
  const transfers = createTransfers({ host: () => Promise.resolve(host), now: Date.now })
  const id = transfers.add('s', direction, paths, to)
  return new Promise((resolve) => {
    transfers.subscribe('s', () => {
      const own = transfers.list('s').find((transfer) => transfer.id === id)!
      if (['done', 'failed', 'cancelled'].includes(own.status)) resolve(own)
    })
  })
}

/** A line to a server that can be cut and that counts what goes up and comes down. */
export async function startLine(port: number) {
  const counted = { up: 0, down: 0 }
  const sockets = new Set<Socket>()
  let cutAt = { up: Infinity, down: Infinity }
  const cut = () => sockets.forEach((socket) => socket.destroy())
  const count = (direction: 'up' | 'down', bytes: Buffer, to: Socket) => {
    counted[direction] += bytes.length
    if (counted[direction] > cutAt[direction]) cut()
    else to.write(bytes)
  }
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [socket, other, direction] of [
      [near, far, 'up'],
      [far, near, 'down'],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('data', (bytes) => count(direction, bytes, other))
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as { port: number }).port,
    /** Of the connections since the last look; begins again at 0. */
    take() {
      const taken = { ...counted }
      counted.up = counted.down = 0
      return taken
    },
    /** Cuts every connection once so many bytes went that way, counted from the last look. */
    cutAfter: (limits: Partial<typeof cutAt>) => (cutAt = { up: Infinity, down: Infinity, ...limits }),
    /** Cuts every connection now. */
    cut,
    close: () => {
      cut()
      server.close()
    },
  }
}
