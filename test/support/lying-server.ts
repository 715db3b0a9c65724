import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import ssh2, { type Client, type FileEntry, type Attributes, type SFTPWrapper } from 'ssh2'
import { newPrivateKey } from './ssh-keys'

// CommonJS, whose names not every loader finds.
const { Server, utils } = ssh2
const { STATUS_CODE } = utils.sftp
const [hostKey, userKey] = [newPrivateKey(), newPrivateKey()]

export type LyingServer = { port: number; user: string; key: string; close(): void }

/** An SSH server that takes everybody and whose files `serve` makes up. */
export async function startLyingServer(serve: (sftp: SFTPWrapper) => void): Promise<LyingServer> {
  return start((session) => session.on('sftp', (accept) => serve(accept())))
}

/** OpenSSH's real SFTP server, of whose answers `change` sees every packet: its type, the type of the question, and its bytes. */
export async function startChangedServer(
  change: (packet: { type: number; asked: number; bytes: Buffer }) => Buffer,
): Promise<LyingServer> {
  const program = ['/usr/lib/openssh/sftp-server', '/usr/libexec/openssh/sftp-server'].find((file) => existsSync(file))!
  return start((session) =>
    session.on('subsystem', (accept) => {
      const channel = accept() as Duplex
      const server = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] })
      const asked = new Map<number, number>()
      const questions = createPackets((bytes) => {
        if (bytes[4] !== 1) asked.set(bytes.readUInt32BE(5), bytes[4]!)
        server.stdin.write(bytes)
      })
      const answers = createPackets((bytes) =>
        channel.write(change({ type: bytes[4]!, asked: asked.get(bytes.readUInt32BE(5)) ?? 0, bytes })),
      )
      channel.on('data', questions)
      server.stdout.on('data', answers)
      server.stdin.on('error', () => undefined)
      channel.on('close', () => server.kill())
    }),
  )
}

/** What a listing tells of one entry. */
export function entry(name: string, mode: number, size = 4): FileEntry {
  const attrs: Attributes = { mode, size, uid: 0, gid: 0, atime: 1_700_000_000, mtime: 1_700_000_000 }
  return { filename: name, longname: name, attrs }
}

/** A file system of one level: each folder that is asked for holds the same entries, each file the same bytes. */
export function sameEverywhere(sftp: SFTPWrapper, entries: readonly FileEntry[], bytes: Buffer) {
  const isFolder = (path: string) =>
    entries.every(({ filename, attrs }) => !path.endsWith(`/${filename}`) || attrs.mode! & 0o40000)
  const told = new Set<string>()
  let handles = 0
  sftp.on('REALPATH', (id, path) => sftp.name(id, [entry(path === '.' ? '/home' : path, 0o40755)]))
  const tell = (id: number, path: string) =>
    sftp.attrs(id, entry('', isFolder(path) ? 0o40755 : 0o100644, bytes.length).attrs)
  sftp.on('STAT', tell)
  sftp.on('LSTAT', tell)
  sftp.on('FSTAT', (id) => sftp.attrs(id, entry('', 0o100644, bytes.length).attrs))
  sftp.on('OPENDIR', (id) => sftp.handle(id, Buffer.from(`folder ${handles++}`)))
  sftp.on('READDIR', (id, handle) => {
    const key = handle.toString()
    if (told.has(key)) return sftp.status(id, STATUS_CODE.EOF)
    told.add(key)
    sftp.name(id, [...entries])
  })
  sftp.on('OPEN', (id) => sftp.handle(id, Buffer.from(`file ${handles++}`)))
  sftp.on('READ', (id, _handle, offset, length) => {
    if (offset >= bytes.length) return sftp.status(id, STATUS_CODE.EOF)
    sftp.data(id, bytes.subarray(offset, offset + length))
  })
  sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK))
}

type ServerSession = {
  on(event: 'sftp', listener: (accept: () => SFTPWrapper) => void): void
  on(event: 'subsystem', listener: (accept: () => unknown) => void): void
}

async function start(onSession: (session: ServerSession) => void): Promise<LyingServer> {
  const server = new Server({ hostKeys: [hostKey] }, (client) => {
    // The types know it of clients only.
    ;(client as unknown as Pick<Client, 'setNoDelay'>).setNoDelay(true)
    client.on('authentication', (context) => context.accept())
    client.on('session', (accept) => onSession(accept() as unknown as ServerSession))
    client.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { port, user: 'anybody', key: userKey, close: () => server.close() }
}

/** Puts a stream of bytes together into packets: a length of four bytes, then so many more. */
function createPackets(onPacket: (bytes: Buffer) => void): (bytes: Buffer) => void {
  let held = Buffer.alloc(0)
  return (bytes) => {
    held = Buffer.concat([held, bytes])
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const length = 4 + held.readUInt32BE(0)
      onPacket(held.subarray(0, length))
      held = held.subarray(length)
    }
  }
}
