import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import {
  BlobSASPermissions,
  BlobServiceClient,
  StorageSharedKeyCredential,
  type ContainerClient,
} from '@azure/storage-blob'

/** The account and key that Azurite documents for everybody. */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export type BlobService = {
  port: number
  container: ContainerClient
  credential: StorageSharedKeyCredential
  /** Address of a blob with a SAS that may do everything an upload needs, ends in an hour unless told. */
  sasUrl(blob: string, options?: { permissions?: string; endsInMs?: number; port?: number }): Promise<string>
  close(): Promise<void>
}

/** Microsoft's own storage emulator on a free port, with an empty container `vhds`. */
export async function startBlobService(): Promise<BlobService> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bis-azurite-'))
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  const given = ['--location', folder, '--blobPort', '0', '--disableTelemetry', '--skipApiVersionCheck', '--silent']
  const child = fork(main, given, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const port = await listening(child)
  const credential = new StorageSharedKeyCredential(account, key)
  const service = new BlobServiceClient(`http://127.0.0.1:${port}/${account}`, credential)
  const container = service.getContainerClient('vhds')
  await container.create()
  return {
    port,
    container,
    credential,
    async sasUrl(blob, { permissions = 'racwd', endsInMs = 3_600_000, port: over = port } = {}) {
      const url = await container.getBlobClient(blob).generateSasUrl({
        permissions: BlobSASPermissions.parse(permissions),
        expiresOn: new Date(Date.now() + endsInMs),
      })
      return url.replace(`:${port}/`, `:${over}/`)
    },
    async close() {
      // Its orderly end waits for every kept connection; this store is thrown away.
      child.kill('SIGKILL')
      await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type Cuttable = {
  port: number
  /** Bytes from the client to the service so far. */
  sentBytes(): number
  /** Ends all connections and takes no more until `mend`. */
  cut(): void
  mend(): void
  /** Calls back once, when so many bytes have come through. */
  onceSent(bytes: number, then: () => void): void
  close(): Promise<void>
}

/** A network between client and service that a test can cut. */
export async function startNetwork(toPort: number): Promise<Cuttable> {
  const sockets = new Set<net.Socket>()
  let isCut = false
  let sent = 0
  let watch: { bytes: number; then: () => void } | null = null
  const server = net.createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const service = net.connect(toPort, '127.0.0.1')
    for (const socket of [client, service]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        service.destroy()
      })
    }
    client.on('data', (bytes) => {
      sent += bytes.length
      if (watch && sent >= watch.bytes) {
        const { then } = watch
        watch = null
        then()
      }
    })
    client.pipe(service)
    service.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    sentBytes: () => sent,
    cut() {
      isCut = true
      for (const socket of sockets) socket.destroy()
    },
    mend: () => void (isCut = false),
    onceSent: (bytes, then) => void (watch = { bytes, then }),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

export type Refusal = { status: number; code: string; headers?: Record<string, string> }

/** Stands before the service and answers in its place where the test says so; null lets a request through. */
export async function startFront(toPort: number, refuse: (method: string, query: URLSearchParams) => Refusal | null) {
  const server = http.createServer((request, answer) => {
    const { method = '', url = '', headers } = request
    const refusal = refuse(method, new URL(url, 'http://localhost').searchParams)
    if (refusal) {
      request.resume()
      request.on('end', () => {
        answer.writeHead(refusal.status, { 'x-ms-error-code': refusal.code, ...refusal.headers })
        answer.end(`<?xml version="1.0"?><Error><Code>${refusal.code}</Code><Message>by the test</Message></Error>`)
      })
      return
    }
    const onward = http.request({ host: '127.0.0.1', port: toPort, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers)
      response.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    request.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function listening(child: ChildProcess): Promise<number> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (part: Buffer) => {
      text += part.toString()
      const found = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)
      if (found) resolve(Number(found[1]))
    })
    child.once('exit', () => reject(new Error(`Azurite did not start: ${text}`)))
  })
}
