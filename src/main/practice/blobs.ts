import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { digText } from './arm-parts'
import { startAzurite } from './azurite'
import { ownSas, parseTarget, type BlobGate, type BlobTarget } from './blobs-access'
import { disksAccount, disksContainer } from './blobs-disks'
import { answerBlobRequest } from './blobs-front'
import { askAzurite, type AzuriteReply } from './blobs-request'
import type { Guests } from './guests'
import { listenSecurely } from './secure-server'
import type { PracticeCloud } from './server'
import type { Resource, Store } from './store'

/** A stored blob as the cloud itself reads it. */
export type StoredBlob = {
  account: string
  container: string
  blob: string
  sizeBytes: number
  /** `PageBlob`, `BlockBlob` or `AppendBlob`. */
  type: string
  etag: string
  /** @throws Error when the bytes are not there any more */
  read(offset: number, length: number): Promise<Buffer>
}

/** The blob service of the practice cloud: Azurite behind a TLS front, one Azurite account per storage account. */
export type Blobs = {
  /** `https://127.0.0.1:Q`; the blob endpoint of an account is `${origin}/${account}/`. */
  origin(): string
  port: number
  /** The two access keys (base64) of a storage account in the store. @throws Error when there is no such account */
  keys(account: string): [string, string]
  /** Makes one key anew; signatures made with the old one end. */
  regenerateKey(account: string, index: 0 | 1): Promise<void>
  /** Ends with 'exists' where it was there before. @throws Error with Azurite's words */
  createContainer(account: string, container: string): Promise<'created' | 'exists'>
  containerExists(account: string, container: string): Promise<boolean>
  listContainers(account: string): Promise<string[]>
  deleteContainer(account: string, container: string): Promise<boolean>
  /** Makes the empty page blob behind a managed disk, which no storage account shows. @throws Error with Azurite's words */
  createDisk(name: string, sizeBytes: number): Promise<void>
  openDisk(name: string): Promise<StoredBlob | null>
  removeDisk(name: string): Promise<void>
  /** Deletes everything in a storage account; call it with the resource. */
  removeAccount(account: string): Promise<void>
  /** The blob behind a URL of this service (a SAS in it is not looked at); null when there is none. */
  open(url: string): Promise<StoredBlob | null>
  close(): Promise<void>
}

export type BlobsOptions = {
  cloud: PracticeCloud
  gate: BlobGate
  tls: { key: string; cert: string }
  /** The front's port, 0 for a free one. */
  port: number
  /** The bundle `azurite.cjs`. */
  program: string
  log: (line: string) => void
  /** What the boot diagnostics of machines show. */
  guests: Pick<Guests, 'serialLog' | 'screenshot'>
}

type AccountState = {
  keys: [string, string]
  /** Of the resource that the keys belong to: an account made again under the same name starts empty. */
  createdAtMs: number
  /** Blobs of an earlier account with this name are still to be deleted. */
  hasOldData: boolean
}

/** `diskKeys`: absent in the state of older versions. */
type States = { accounts: Record<string, AccountState>; diskKeys?: [string, string] }

/**
 * Starts Azurite and the front before it.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port belongs to another program
 */
export async function startBlobs({ cloud, gate, tls, port, program, log, guests }: BlobsOptions): Promise<Blobs> {
  const states = cloud.store.part('blobs', (): States => ({ accounts: {} }))
  const diskKeys = (states.diskKeys ??= newKeys())
  const azurite = await startAzurite({
    program,
    folder: join(cloud.store.folder, 'blobs'),
    accounts: keysOf(states),
    log,
  })
  const preparing = new Map<string, Promise<void>>()
  /** Accounts as Azurite has them. */
  const introduced = new Map(Object.entries(states.accounts))

  function stateOf(account: string): AccountState | null {
    const resource = findAccount(cloud.store, account)
    if (!resource) return null
    const old = states.accounts[account]
    if (old?.createdAtMs === resource.createdAtMs) return old
    const made = { keys: newKeys(), createdAtMs: resource.createdAtMs, hasOldData: old !== undefined }
    states.accounts[account] = made
    cloud.store.touch()
    cloud.store.save()
    return made
  }

  /** Azurite knows the account when this resolves. */
  async function prepare(account: string): Promise<AccountState | null> {
    await preparing.get(account)
    const state = stateOf(account)
    if (!state || introduced.get(account) === state) return state
    const work = introduce(account, state).finally(() => preparing.delete(account))
    preparing.set(account, work)
    await work
    return state
  }

  async function introduce(account: string, state: AccountState): Promise<void> {
    await azurite.setAccounts(keysOf(states))
    if (state.hasOldData) await clear(account, state)
    state.hasOldData = false
    introduced.set(account, state)
    cloud.store.touch()
  }

  async function ask(
    account: string,
    method: string,
    path: string,
    query: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<AzuriteReply> {
    const state = await prepare(account)
    if (!state) throw new Error(`There is no storage account '${account}'.`)
    return askAs(account, state.keys[0], method, path, query, headers)
  }

  async function askAs(
    account: string,
    key: string,
    method: string,
    path: string,
    query: Record<string, string>,
    headers: Record<string, string>,
  ): Promise<AzuriteReply> {
    const full = new URLSearchParams([...Object.entries(query), ...ownSas(account, key)])
    return askAzurite(await azurite.address(), method, `/${account}${path}?${full}`, headers)
  }

  function askDisks(
    method: string,
    path: string,
    query: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<AzuriteReply> {
    return askAs(disksAccount, diskKeys[0], method, `/${disksContainer}${path}`, query, headers)
  }

  async function containersOf(account: string, key: string): Promise<string[]> {
    const names: string[] = []
    let marker = ''
    do {
      const reply = await askAs(account, key, 'GET', '/', { comp: 'list', ...(marker ? { marker } : {}) }, {})
      const xml = reply.body.toString('utf8')
      names.push(...[...xml.matchAll(/<Container><Name>([^<]+)<\/Name>/g)].map((match) => match[1]!))
      marker = /<NextMarker>([^<]+)<\/NextMarker>/.exec(xml)?.[1] ?? ''
    } while (marker !== '')
    return names
  }

  async function clear(account: string, state: AccountState): Promise<void> {
    for (const name of await containersOf(account, state.keys[0]))
      await askAs(account, state.keys[0], 'DELETE', `/${name}`, { restype: 'container' }, {})
  }

  async function keyOf(account: string): Promise<{ key: string; resourceId: string; isClosed: boolean } | null> {
    const state = await prepare(account)
    const resource = findAccount(cloud.store, account)
    if (!state || !resource) return null
    const isClosed =
      digText(resource.wire, 'properties', 'networkAcls', 'defaultAction') === 'Deny' ||
      digText(resource.wire, 'properties', 'publicNetworkAccess') === 'Disabled'
    return { key: state.keys[0], resourceId: resource.id, isClosed }
  }

  // An upload over a slow line may take its time for one request.
  const listening = listenSecurely({ tls, port, requestLimitMs: 0 }, (incoming, outgoing) => {
    // Whatever goes wrong with one request must not end the cloud.
    answerBlobRequest({ cloud, gate, azurite, keyOf, diskKey: diskKeys[0], guests }, incoming, outgoing).catch(() =>
      outgoing.destroy(),
    )
  })
  const server = await listening.catch(async (error: unknown) => {
    await azurite.close()
    throw error
  })
  const origin = `https://127.0.0.1:${server.port}`

  return {
    origin: () => origin,
    port: server.port,
    keys(account) {
      const state = stateOf(account)
      if (!state) throw new Error(`There is no storage account '${account}'.`)
      return state.keys
    },
    async regenerateKey(account, index) {
      const state = await prepare(account)
      if (!state) throw new Error(`There is no storage account '${account}'.`)
      state.keys[index] = newKey()
      cloud.store.touch()
      await azurite.setAccounts(keysOf(states))
    },
    async createContainer(account, container) {
      const reply = await ask(account, 'PUT', `/${container}`, { restype: 'container' }, { 'content-length': '0' })
      if (reply.status === 201) return 'created'
      if (reply.status === 409) return 'exists'
      throw new Error(reply.body.toString('utf8'))
    },
    containerExists: async (account, container) =>
      (await ask(account, 'HEAD', `/${container}`, { restype: 'container' })).status === 200,
    async listContainers(account) {
      const state = await prepare(account)
      return state ? containersOf(account, state.keys[0]) : []
    },
    deleteContainer: async (account, container) =>
      (await ask(account, 'DELETE', `/${container}`, { restype: 'container' })).status === 202,
    async removeAccount(account) {
      const state = states.accounts[account]
      if (!state) return
      if (introduced.get(account) === state) await clear(account, state)
      introduced.delete(account)
      delete states.accounts[account]
      cloud.store.touch()
      await azurite.setAccounts(keysOf(states))
    },
    async open(url) {
      const place = URL.canParse(url) ? new URL(url) : null
      const target = place && place.origin === origin ? parseTarget(place.pathname) : null
      if (!place || !target?.blob || !(await prepare(target.account))) return null
      const path = place.pathname.slice(target.account.length + 1)
      return stored(target, (method, headers) => ask(target.account, method, path, {}, headers))
    },
    async createDisk(name, sizeBytes) {
      const none = { 'content-length': '0' }
      await askDisks('PUT', '', { restype: 'container' }, none)
      const length = { 'x-ms-blob-type': 'PageBlob', 'x-ms-blob-content-length': String(sizeBytes) }
      const reply = await askDisks('PUT', `/${name}`, {}, { ...none, ...length })
      if (reply.status !== 201) throw new Error(reply.body.toString('utf8'))
    },
    openDisk(name) {
      const target = { account: disksAccount, container: disksContainer, blob: name }
      return stored(target, (method, headers) => askDisks(method, `/${name}`, {}, headers))
    },
    async removeDisk(name) {
      await askDisks('DELETE', `/${name}`)
    },
    async close() {
      await server.close()
      await azurite.close()
    },
  }
}

type Ask = (method: string, headers?: Record<string, string>) => Promise<AzuriteReply>

/** A blob for reading; null when there is none. */
async function stored(target: BlobTarget, ask: Ask): Promise<StoredBlob | null> {
  const head = await ask('HEAD')
  if (head.status !== 200) return null
  return {
    ...target,
    sizeBytes: Number(head.headers['content-length']),
    type: String(head.headers['x-ms-blob-type']),
    etag: String(head.headers['etag']),
    async read(offset, length) {
      if (length === 0) return Buffer.alloc(0)
      const reply = await ask('GET', { 'x-ms-range': `bytes=${offset}-${offset + length - 1}` })
      if (reply.status !== 206 && reply.status !== 200) throw new Error(`The blob cannot be read (${reply.status}).`)
      return reply.body
    },
  }
}

/** The storage account resource of a name, which is unique in the whole cloud. */
function findAccount(store: Store, name: string): Resource | null {
  return store.list('Microsoft.Storage/storageAccounts').find((one) => one.name === name) ?? null
}

function keysOf({ accounts, diskKeys }: States): Record<string, readonly string[]> {
  const own = diskKeys ? { [disksAccount]: diskKeys } : {}
  return { ...own, ...Object.fromEntries(Object.entries(accounts).map(([name, { keys }]) => [name, keys])) }
}

function newKeys(): [string, string] {
  return [newKey(), newKey()]
}

function newKey(): string {
  return randomBytes(64).toString('base64')
}
