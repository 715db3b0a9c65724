import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type RealSshd = {
  port: number
  user: string
  /** PEM of the private key that it takes. */
  key: string
  /** As `ssh-keygen -lf` writes it. */
  fingerprint: string
  folder: string
  /** Lets nobody in any more; who is in stays. */
  stop(): Promise<void>
  /** Listens again, on the same port and with the same keys. */
  restart(): Promise<void>
  close(): Promise<void>
}

/**
 * OpenSSH's own server on a high port of loopback, with fresh keys, for the user who runs the tests. `lines`: more of its configuration
 * (sshd_config(5)); `before`: what a shell does before it becomes the server, such as a limit.
 */
export async function startSshd({
  lines = [],
  before = '',
}: { lines?: string[]; before?: string } = {}): Promise<RealSshd> {
  const folder = mkdtempSync(join(tmpdir(), 'studio-sshd-'))
  const [hostKey, userKey] = [join(folder, 'host'), join(folder, 'user')]
  for (const file of [hostKey, userKey]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const port = await freePort()
  const configuration = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${userKey}.pub`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'Subsystem sftp internal-sftp',
    ...lines,
  ]
  const file = join(folder, 'sshd_config')
  writeFileSync(file, configuration.join('\n') + '\n')
  // Where it leaves its rights; packages make it at boot.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const command = `${before} exec "$0" -D -e -f "$1"`
  let server = await listening(command, file)
  const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-lf', hostKey], { encoding: 'utf8' }).split(' ')
  return {
    port,
    user: userInfo().username,
    key: readFileSync(userKey, 'utf8'),
    fingerprint,
    folder,
    stop: () => ended(server),
    async restart() {
      server = await listening(command, file)
    },
    async close() {
      await ended(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listening(command: string, configuration: string): Promise<ChildProcess> {
  const server = spawn('/bin/sh', ['-c', command, programFile(), configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const output = createInterface(server.stderr)
  await new Promise<void>((resolve, reject) => {
    let said = ''
    output.on('line', (line) => {
      said += `${line}\n`
      if (line.startsWith('Server listening')) resolve()
    })
    server.once('exit', () => reject(new Error(`sshd ended: ${said}`)))
  })
  return server
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = once(server, 'exit')
  server.kill()
  await gone
}

/** It wants to be started by its whole path. */
function programFile(): string {
  return execFileSync('/bin/sh', ['-c', 'PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v sshd'], {
    encoding: 'utf8',
  }).trim()
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
