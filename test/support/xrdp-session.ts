import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ended, startScreen, startXrdp } from './rdp-servers'

export type XrdpSession = {
  port: number
  /** Copies a text there, as a program on that screen does. */
  copy(text: string): void
  /** What a program on that screen gets when it pastes. */
  paste(): string
  close(): Promise<void>
}

/**
 * A real RDP server with a clipboard: xrdp and its channel server on a screen of their own. Enter in its login box leads to that
 * session, whose picture stays black.
 */
export async function startXrdpSession(): Promise<XrdpSession> {
  const screen = await startScreen()
  const folder = mkdtempSync(join(tmpdir(), 'bis-chansrv-'))
  // Without a home it does not mount the client's drives there.
  const env = { ...process.env, DISPLAY: screen.name, HOME: '/dev/null', CHANSRV_LOG_PATH: folder }
  const number = screen.name.slice(1)
  const sockets = ['xrdp_chansrv_socket', 'xrdpapi'].map((name) => `/run/xrdp/sockdir/${name}_${number}`)
  // Those of a server that was killed stay.
  const removeSockets = () => sockets.forEach((path) => rmSync(path, { force: true }))
  removeSockets()
  const channels = spawn('xrdp-chansrv', [], { env, stdio: 'ignore' })
  await listening(sockets[0]!, channels)
  const picture = await startBlackPicture()
  const xrdp = await startXrdp({
    name: 'session',
    lib: 'libvnc.so',
    ip: '127.0.0.1',
    port: String(picture.port),
    chansrvport: `DISPLAY(${number})`,
  })
  const clipboard = ['-selection', 'clipboard']
  return {
    port: xrdp.port,
    // It goes on in the background, to give the text to whoever asks.
    copy: (input) =>
      void execFileSync('xclip', [...clipboard, '-in'], { env, input, stdio: ['pipe', 'ignore', 'ignore'] }),
    paste: () => execFileSync('xclip', [...clipboard, '-out'], { env, encoding: 'utf8', timeout: 5000 }),
    async close() {
      await xrdp.close()
      await ended(channels)
      removeSockets()
      picture.close()
      await screen.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A server of the picture (RFC 6143, version 3.3, no security) that never sends a change of it. */
async function startBlackPicture(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    void greet(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function greet(socket: Socket): Promise<void> {
  socket.write('RFB 003.003\n')
  await once(socket, 'data')
  const noSecurity = Buffer.from('00000001', 'hex')
  socket.write(noSecurity)
  await once(socket, 'data')
  // 640 x 480, 32 bits a pixel of which 24 are colour, little-endian, true colour; a name of one letter.
  socket.write(Buffer.from('028001e0' + '20180001' + '00ff00ff00ff' + '100800' + '000000' + '00000001' + '78', 'hex'))
  socket.resume()
}

async function listening(path: string, child: ChildProcess): Promise<void> {
  while (!existsSync(path)) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it listened`)
    await pause(50)
  }
}
