import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect, type Cloud } from '../../src/main/azure/cloud'
import { signIn, type Identity, type TokenCache } from '../../src/main/azure/sign-in'
import { createSeam, type Seam } from '../../src/main/net/seam'
import { cloudProfile, type CloudProfile } from '../../src/shared/profile'

const program = fileURLToPath(new URL('../../out/main/practice.cjs', import.meta.url))
const startLimitMs = 60_000
const stopLimitMs = 15_000
const running = new Set<ChildProcess>()
// A test run that ends early must not leave a cloud behind; the cloud notices the lost channel by itself as well.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))

export type PracticeOwner = { tenantId: string; clientId: string; clientSecret: string }
export type Incident = {
  kind: string
  match?: string
  count?: number
  retryAfter?: number
  action?: string
}
export type TestPractice = {
  profile: CloudProfile
  owner: PracticeOwner
  /** `https://127.0.0.1:port` of sign-in, ARM and Batch. */
  url: string
  folder: string
  pid: number
  stats(): Promise<unknown>
  incident(incident: Incident): Promise<void>
  clearIncidents(): Promise<void>
  /** Ends it as the app would and removes its state, unless `keep`. */
  stop(options?: { keep?: boolean }): Promise<void>
  /** Ends it from outside without warning; its state stays. */
  kill(): Promise<void>
}

/** A practice cloud of its own in a fresh folder, or again on the folder of an earlier one. */
export async function startPractice(options: { folder?: string; speed?: string } = {}): Promise<TestPractice> {
  if (!existsSync(program)) throw new Error(`${program} is missing: npm run build makes it`)
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bis-practice-'))
  const child = fork(program, ['--state', folder, '--speed', options.speed ?? 'jump'], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  })
  running.add(child)
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => {
      running.delete(child)
      resolve()
    }),
  )
  const { profile, owner } = await readyMessage(child)
  const seam = createSeam(profile)
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => {
    const { createPipelineRequest } = await import('@azure/core-rest-pipeline')
    const request = createPipelineRequest({ url: `${profile.armEndpoint}${path}`, method })
    request.headers.set('content-type', 'application/json')
    if (body !== undefined) request.body = JSON.stringify(body)
    const answer = await seam.httpClient.sendRequest(request)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.bodyAsText ?? ''}`)
    return answer.bodyAsText ? (JSON.parse(answer.bodyAsText) as unknown) : null
  }
  return {
    profile,
    owner,
    url: profile.armEndpoint,
    folder,
    pid: child.pid ?? 0,
    stats: () => ask('GET', '/practice/stats'),
    incident: async (incident) => void (await ask('POST', '/practice/faults', incident)),
    clearIncidents: async () => void (await ask('DELETE', '/practice/faults')),
    async stop({ keep = false } = {}) {
      seam.close()
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await gone
      clearTimeout(timer)
      if (!keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
    async kill() {
      seam.close()
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Signed in as the owner of the practice tenant, as the command line does it. */
export async function connectAsOwner(
  practice: Pick<TestPractice, 'profile' | 'owner'>,
): Promise<{ cloud: Cloud; identity: Identity; seam: Seam }> {
  const { profile, owner } = practice
  const seam = createSeam(profile)
  const identity = await signIn(profile, seam, {
    method: 'environment',
    environment: {
      AZURE_TENANT_ID: owner.tenantId,
      AZURE_CLIENT_ID: owner.clientId,
      AZURE_CLIENT_SECRET: owner.clientSecret,
    },
    ui: { openBrowser: () => Promise.reject(new Error('no person here')), showDeviceCode: () => undefined },
    cache: memoryCache(),
    signal: new AbortController().signal,
  })
  return { cloud: connect(profile, seam, identity.credential), identity, seam }
}

export function memoryCache(): TokenCache & { text: string | null } {
  const cache: TokenCache & { text: string | null } = {
    text: null,
    load: () => Promise.resolve(cache.text),
    save(text) {
      cache.text = text
      return Promise.resolve()
    },
    clear() {
      cache.text = null
      return Promise.resolve()
    },
  }
  return cache
}

function readyMessage(child: ChildProcess): Promise<{ profile: CloudProfile; owner: PracticeOwner }> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString('utf8')).slice(-4000)))
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`not ready after ${startLimitMs} ms`), startLimitMs)
    const fail = (why: string) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`practice cloud: ${why}\n${errors}`))
    }
    const ended = (code: number | null, signal: string | null) => fail(`ended with ${code ?? signal}`)
    child.once('exit', ended)
    child.once('message', (message: { profile: unknown; owner: PracticeOwner }) => {
      clearTimeout(timer)
      child.off('exit', ended)
      resolve({ profile: cloudProfile.parse(message.profile), owner: message.owner })
    })
  })
}
