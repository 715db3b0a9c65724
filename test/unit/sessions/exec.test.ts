import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { expect, it, onTestFinished } from 'vitest'
import { execOn } from '../../../src/main/sessions/exec'

it('knows how a command ended that is over in the packet that says it began', async () => {
  const client = await clientOf(await serverThatAnswersAtOnce())
  const ran = await execOn(client, { command: 'exit 7', kill: null }, { signal: new AbortController().signal })
  expect(ran).toEqual({ code: 7, signal: null, stdout: 'over\n', stderr: '' })
})

/** All that it has to say about a command leaves in one write. */
async function serverThatAnswersAtOnce(): Promise<number> {
  const ssh = new ssh2.Server({ hostKeys: [hostKey()] }, () => undefined)
  const server = createServer((socket) => {
    ssh.once('connection', (connection) => {
      connection.on('error', () => undefined)
      connection.on('authentication', (attempt) => attempt.accept())
      connection.on('session', (acceptSession) => {
        acceptSession().on('exec', (accept) => {
          socket.cork()
          const channel = accept()
          channel.write('over\n')
          channel.exit(7)
          channel.end()
          setImmediate(() => socket.uncork())
        })
      })
    })
    ssh.injectSocket(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function clientOf(port: number): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  client.connect({ host: '127.0.0.1', port, username: 'somebody' })
  await once(client, 'ready')
  onTestFinished(() => void client.destroy())
  return client
}

function hostKey(): string {
  const folder = mkdtempSync(join(tmpdir(), 'studio-host-key-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
  return readFileSync(join(folder, 'key'), 'utf8')
}
