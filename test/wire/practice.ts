import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ComputeManagementClient } from '@azure/arm-compute'
import { NetworkManagementClient } from '@azure/arm-network'
import { ResourceManagementClient } from '@azure/arm-resources'
import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { StorageManagementClient } from '@azure/arm-storage'
import type { TokenCredential } from '@azure/core-auth'
import {
  ConfidentialClientApplication,
  PublicClientApplication,
  type Configuration,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node'
import type { CloudProfile } from '../../src/shared/profile'
import { startPractice, type PracticeOptions, type RunningPractice } from '../../src/main/practice/start'

export const subscription = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'
export const emptySubscription = '7a46e9d0-1b8f-4e52-bc30-58f1a2c7d964'

/** The Azurite bundle, built when it is missing or old. */
export function azuriteProgram(): string {
  execFileSync(process.execPath, ['scripts/build-azurite.mjs'], { stdio: 'ignore' })
  return join(process.cwd(), 'out/main/azurite.cjs')
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'practice-'))
}

export async function startCloud(options: Partial<PracticeOptions> = {}): Promise<RunningPractice> {
  return startPractice({
    folder: newFolder(),
    speed: 'jump',
    azuriteProgram: azuriteProgram(),
    log: () => undefined,
    ...options,
  })
}

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string; json: unknown }

/** One request as a plain client makes it, without any SDK. */
export function ask(
  profile: CloudProfile,
  method: string,
  path: string,
  {
    token,
    body,
    headers = {},
  }: { token?: string; body?: string | Buffer | object; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const isBytes = Buffer.isBuffer(body) || typeof body === 'string'
  const text = body === undefined || isBytes ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json'
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, profile.armEndpoint),
      { method, ca: readFileSync(profile.caFile!), headers: { 'content-type': type, ...authorization, ...headers } },
      (incoming) => {
        let received = ''
        incoming.setEncoding('utf8').on('data', (part: string) => (received += part))
        incoming.on('end', () => {
          const isJson = incoming.headers['content-type']?.includes('json') === true
          const json: unknown = isJson ? JSON.parse(received) : null
          resolve({ status: incoming.statusCode!, headers: incoming.headers, text: received, json })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

/** A token of the owner's service principal. */
export async function serviceToken(cloud: RunningPractice, scope = cloud.profile.armScope): Promise<string> {
  const { clientId, clientSecret, tenantId } = cloud.owner
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  })
  const answer = await ask(cloud.profile, 'POST', `/${tenantId}/oauth2/v2.0/token`, { body: form.toString() })
  return (answer.json as { access_token: string }).access_token
}

export function credentialOf(cloud: RunningPractice): TokenCredential {
  return {
    getToken: async (scopes) => ({
      token: await serviceToken(cloud, Array.isArray(scopes) ? scopes[0] : (scopes as string)),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  }
}

export function clients(cloud: RunningPractice, credential = credentialOf(cloud)) {
  const options = {
    endpoint: cloud.profile.armEndpoint,
    credentials: { scopes: [cloud.profile.armScope] },
    tlsOptions: { ca: readFileSync(cloud.profile.caFile!, 'utf8') },
  }
  return {
    subscriptions: new SubscriptionClient(credential, options),
    resources: new ResourceManagementClient(credential, subscription, options),
    storage: new StorageManagementClient(credential, subscription, options),
    network: new NetworkManagementClient(credential, subscription, options),
    compute: new ComputeManagementClient(credential, subscription, options),
  }
}

/** MSAL over the cloud's own certificate authority; `seen` lists the requests. */
function msalNetwork(profile: CloudProfile, seen: string[] = []): INetworkModule {
  async function send<T>(method: string, url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    seen.push(`${method} ${new URL(url).pathname}`)
    const answer = await ask(profile, method, url, {
      ...(options?.body === undefined ? {} : { body: options.body }),
      headers: options?.headers ?? {},
    })
    return { status: answer.status, headers: answer.headers as Record<string, string>, body: answer.json as T }
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

function msalConfiguration(profile: CloudProfile, tenant: string, seen: string[] = []): Configuration {
  const isOwnTenant = tenant === profile.tenant
  return {
    auth: {
      clientId: profile.clientId,
      authority: `${profile.authority}/${tenant}`,
      knownAuthorities: profile.knownAuthorities,
      ...(isOwnTenant ? { authorityMetadata: profile.authorityMetadata! } : {}),
    },
    system: { networkClient: msalNetwork(profile, seen) },
  }
}

export function publicClient(
  profile: CloudProfile,
  tenant = profile.tenant!,
  seen: string[] = [],
): PublicClientApplication {
  return new PublicClientApplication(msalConfiguration(profile, tenant, seen))
}

export function confidentialClient(cloud: RunningPractice): ConfidentialClientApplication {
  const configuration = msalConfiguration(cloud.profile, cloud.owner.tenantId)
  const { clientId, clientSecret } = cloud.owner
  return new ConfidentialClientApplication({
    ...configuration,
    auth: { ...configuration.auth, clientId, clientSecret },
  })
}

/** What a person and a browser do with the authorize URL: choose somebody, then post the form to the waiting program. */
export async function signInAs(profile: CloudProfile, url: string, displayName: string): Promise<Answer> {
  const page = await ask(profile, 'GET', url)
  const chosen = await ask(profile, 'POST', '/practice/choose', { body: chooseForm(page.text, displayName) })
  const action = attribute(chosen.text, /<form method="post" action="([^"]+)"/)
  const form = new URLSearchParams(inputs(chosen.text)).toString()
  const posted = await fetch(action, {
    method: 'POST',
    body: form,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  return { status: posted.status, headers: {}, text: await posted.text(), json: null }
}

export async function approveDevice(profile: CloudProfile, code: string, displayName: string): Promise<Answer> {
  const page = await ask(profile, 'GET', `/devicelogin?code=${code}`)
  return ask(profile, 'POST', '/devicelogin', { body: chooseForm(page.text, displayName) })
}

function chooseForm(page: string, displayName: string): string {
  const user = [...page.matchAll(/<button class="person" name="user" value="([^"]+)">.*?<b>([^<]+)<\/b>/g)].find(
    (match) => match[2] === displayName,
  )
  return new URLSearchParams({ ...inputs(page), user: user![1]! }).toString()
}

function inputs(page: string): Record<string, string> {
  return Object.fromEntries(
    [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((match) => [
      match[1]!,
      unescape(match[2]!),
    ]),
  )
}

function attribute(page: string, pattern: RegExp): string {
  return unescape(pattern.exec(page)![1]!)
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

/** A port of this computer that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A fixed VHD of 20 MiB made by qemu-img, as page blob with only its footer written (all other pages read as zeros). */
export async function uploadEmptyVhd(
  cloud: RunningPractice,
  blobUrl: string,
  change: (footer: Buffer) => void = () => undefined,
): Promise<void> {
  const footer = emptyVhdFooter()
  change(footer)
  const token = await serviceToken(cloud, cloud.profile.storageScope)
  const version = { 'x-ms-version': '2026-02-06', 'x-ms-blob-type': 'PageBlob' }
  const length = vhdDataBytes + footer.length
  const created = await ask(cloud.profile, 'PUT', blobUrl, {
    token,
    headers: { ...version, 'x-ms-blob-content-length': String(length), 'content-length': '0' },
  })
  const written = await ask(cloud.profile, 'PUT', `${blobUrl}?comp=page`, {
    token,
    body: footer,
    headers: {
      ...version,
      'content-length': String(footer.length),
      'x-ms-page-write': 'update',
      'x-ms-range': `bytes=${vhdDataBytes}-${length - 1}`,
    },
  })
  if (created.status !== 201 || written.status !== 201)
    throw new Error(`${created.status} ${created.text} ${written.status} ${written.text}`)
}

const vhdDataBytes = 20 * 1024 * 1024

export function emptyVhdFooter(): Buffer {
  const file = join(newFolder(), 'empty.vhd')
  execFileSync('qemu-img', ['create', '-q', '-f', 'vpc', '-o', 'subformat=fixed,force_size=on', file, '20M'])
  return readFileSync(file).subarray(-512)
}
