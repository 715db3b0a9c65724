import { build } from 'esbuild'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../setup/paths.mjs'

/**
 * What the benches of sessions share: OpenSSH's own server on loopback (`sshd`, and `startServer` for another), the file of the key to
 * it, the product's `sessions` that lead there, its `createTransfers`, and the options of OpenSSH's clients. Ended with the bench.
 */
export async function sessionParts({ folder, atEnd }) {
  const parts = await bundled(folder)
  const work = mkdtempSync(join(folder, 'sessions-'))
  const servers = []
  const close = () => Promise.all(servers.splice(0).map((server) => server.close()))
  // For the one who is interrupted.
  process.once('exit', () => void close())

  async function startServer() {
    const sshd = await parts.startSshd()
    servers.push(sshd)
    const keyFile = join(sshd.folder, 'user')
    const quiet = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
    return { ...sshd, keyFile, clientOptions: [...quiet.flatMap((it) => ['-o', it]), '-i', keyFile] }
  }
  const sshd = await startServer()
  const sessions = parts.createSessions({
    destination: () => Promise.resolve(destinationOf(sshd)),
    network: parts.environmentNetwork({}),
    pins: parts.openPins({ file: join(work, 'pins.json'), write: parts.writeAtomic, now: () => new Date() }),
    now: () => new Date(),
    words: () => parts.words,
  })
  atEnd(() => {
    // Its server ends with the last of its connections.
    sessions.closeAll()
    return close()
  })
  return {
    work,
    sshd,
    startServer,
    sessions,
    createTransfers: parts.createTransfers,
    messages: parts.messages,
  }
}

/** Lines that a terminal prints, `bytes` of them in a file. */
export function floodFile(work, bytes) {
  const file = join(work, 'text')
  const lines = randomBytes(57 * 1024)
    .toString('base64')
    .replace(/.{76}/g, '$&\n')
  writeFileSync(file, `${lines}\n`.repeat(Math.ceil(bytes / 78_848)))
  return file
}

/** Seconds that OpenSSH's `ssh -tt` takes to print a file into a pipe. */
export function sshSeconds({ port, user, clientOptions }, file) {
  const begun = performance.now()
  return new Promise((resolve, reject) => {
    const args = [...clientOptions, '-tt', '-p', String(port), `${user}@127.0.0.1`, `stty -onlcr; cat ${file}`]
    const child = spawn('ssh', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.resume()
    child.once('error', reject)
    child.once('close', () => resolve((performance.now() - begun) / 1000))
  })
}

function destinationOf({ port, user, key, fingerprint }) {
  return {
    label: 'bench',
    host: '127.0.0.1',
    port,
    user,
    place: `127.0.0.1:${port}`,
    hostKeys: [fingerprint],
    system: 'linux',
    identities: [{ kind: 'key', name: 'bench', key }],
  }
}

/** Parts of the product and the real server of the tests. */
async function bundled(folder) {
  const outfile = join(folder, 'session-parts.cjs')
  const contents = `
    export { createSessions } from './src/main/sessions/sessions'
    export { createTransfers } from './src/main/sessions/files-transfers'
    export { openPins } from './src/main/sessions/pins'
    export { environmentNetwork } from './src/main/net/network'
    export { writeAtomic } from './src/main/engine/files'
    export { terminal as words } from './src/shared/messages/en/terminal'
    export { messages } from './src/shared/messages/messages'
    export { startSshd } from './test/support/sshd'`
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Native parts of ssh2 that it does without.
    external: ['cpu-features', '*.node'],
  })
  return (await import(pathToFileURL(outfile).href)).default
}
