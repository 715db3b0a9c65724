import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where a request to Azurite goes; another port after Azurite was restarted. */
export type AzuriteAddress = {
  port: number
  agent: Agent
}

export type Azurite = {
  /** Waits while it starts again after a crash. @throws Error when it does not come back */
  address(): Promise<AzuriteAddress>
  /** Replaces the accounts; when it resolves, requests with the new keys are answered. Keys are base64. */
  setAccounts(accounts: Record<string, readonly string[]>): Promise<void>
  /** Ends it so that all acknowledged pages are on disk. */
  close(): Promise<void>
}

export type AzuriteOptions = {
  /** The bundle that scripts/build-azurite.mjs makes. */
  program: string
  folder: string
  accounts: Record<string, readonly string[]>
  log: (line: string) => void
}

const startLimitMs = 30_000
const stopLimitMs = 15_000
const startsInARow = 5

/**
 * Runs Azurite's blob service as a child process: http on a free loopback port, data in `folder`. It ends with this
 * process, however that ends, because it sees the closed IPC channel. One that crashes is started again.
 * @throws Error when it does not start
 */
export async function startAzurite({ program, folder, accounts, log }: AzuriteOptions): Promise<Azurite> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pidFile = join(folder, 'azurite.pid')
  await predecessorGone(pidFile)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const acknowledgements = new Map<number, () => void>()
  let accountsText = textOf(accounts)
  let child: ChildProcess
  let port: Promise<number>
  let isClosing = false
  let failedStarts = 0
  let messages = 0

  function launch(): void {
    child = fork(program, argumentsFor(folder), {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', AZURITE_ACCOUNTS: accountsText, AZURITE_DB: undefined },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const started = child
    if (started.pid !== undefined) writeFileSync(pidFile, String(started.pid))
    started.stderr?.setEncoding('utf8').on('data', (text: string) => log(`azurite: ${text.trim()}`))
    port = readyPort(started)
    // Whoever asks for the address sees the failure; here it only must not count as unhandled.
    port.catch(() => started.kill('SIGKILL'))
    port.then(
      () => (failedStarts = 0),
      () => undefined,
    )
    started.on('message', (message: { kind: string; id: number }) => {
      if (message.kind !== 'accounts-set') return
      acknowledgements.get(message.id)?.()
      acknowledgements.delete(message.id)
    })
    started.once('exit', (code, signal) => {
      // The new process gets the accounts at its start, so nothing has to wait for an answer of the old one.
      for (const acknowledge of acknowledgements.values()) acknowledge()
      acknowledgements.clear()
      if (isClosing) return
      failedStarts += 1
      log(`azurite ended unexpectedly (code ${code}, signal ${signal}); pages of its last seconds may be lost`)
      if (failedStarts < startsInARow) launch()
    })
  }

  launch()
  await port!
  return {
    address: async () => ({ port: await port, agent }),
    async setAccounts(next) {
      accountsText = textOf(next)
      await port
      const id = ++messages
      await new Promise<void>((resolve) => {
        acknowledgements.set(id, resolve)
        child.send({ kind: 'accounts', id, text: accountsText }, (error) => {
          if (error) resolve()
        })
      })
    },
    async close() {
      isClosing = true
      agent.destroy()
      if (child.exitCode !== null || child.signalCode !== null) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
        child.once('exit', () => {
          clearTimeout(timer)
          rmSync(pidFile, { force: true })
          resolve()
        })
        // A message and not a signal: Windows knows no SIGTERM that a program could answer.
        child.send({ kind: 'stop' }, (error) => {
          if (error) child.kill()
        })
      })
    },
  }
}

/** After a crash of this program its Azurite still saves; two of them on one folder would destroy it. */
async function predecessorGone(pidFile: string): Promise<void> {
  const pid = readPid(pidFile)
  const endMs = Date.now() + stopLimitMs
  while (pid !== null && isAlive(pid) && Date.now() < endMs) await sleep(25)
}

function readPid(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8')) || null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function argumentsFor(folder: string): string[] {
  return [
    ...['--blobHost', '127.0.0.1', '--blobPort', '0', '--location', folder],
    // The current SDK speaks newer versions of the protocol than Azurite lists.
    ...['--skipApiVersionCheck', '--disableTelemetry', '--disableProductStyleUrl', '--silent'],
  ]
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Azurite did not start in time.')), startLimitMs)
    child.on('message', (message: { kind: string; port: number }) => {
      if (message.kind !== 'ready') return
      clearTimeout(timer)
      resolve(message.port)
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`Azurite ended at its start (code ${code}).`))
    })
  })
}

/** Azurite's own notation: `name:key1:key2;...`. */
function textOf(accounts: Record<string, readonly string[]>): string {
  return Object.entries(accounts)
    .map(([name, keys]) => [name, ...keys].join(':'))
    .join(';')
}
