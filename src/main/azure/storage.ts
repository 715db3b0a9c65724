import type { StorageAccount as ArmStorageAccount } from '@azure/arm-storage'
import { nameCheck, type NameCheck } from './accounts'
import type { Cloud } from './cloud'
import { asking, collect, orNull } from './errors'
import { partsOf } from './ids'
import type { Accepted } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
import { tagsOf, type Tags } from './tags'

export type StorageAccount = {
  id: string
  name: string
  region: string
  /** With its trailing slash, as the service gives it; also path style. Empty until the account is ready. */
  blobEndpoint: string
  /** Creating, ResolvingDNS, Succeeded, … */
  state: string
  kind: string
  /** false: page blobs cannot exist there (hierarchical namespace, or a kind without them). */
  takesPageBlobs: boolean
  tags: Tags
}

export async function listStorageAccounts(
  cloud: Cloud,
  subscriptionId: string,
  signal?: AbortSignal,
): Promise<StorageAccount[]> {
  return asking(async () => {
    const client = await cloud.storage(subscriptionId)
    return collect(client.storageAccounts.list({ ...(signal && { abortSignal: signal }) }), accountFrom)
  })
}

/** null when there is none. */
export async function getStorageAccount(
  cloud: Cloud,
  id: string,
  signal?: AbortSignal,
): Promise<StorageAccount | null> {
  return readOne(id, signal, async (at, options) => {
    const client = await cloud.storage(at.subscriptionId)
    return accountFrom(await client.storageAccounts.getProperties(at.resourceGroup, at.names[0], options))
  })
}

/** Names of storage accounts are unique in the whole cloud. */
export async function checkStorageName(
  cloud: Cloud,
  subscriptionId: string,
  name: string,
  signal?: AbortSignal,
): Promise<NameCheck> {
  return asking(async () => {
    const client = await cloud.storage(subscriptionId)
    const question = { name, type: 'Microsoft.Storage/storageAccounts' as const }
    const options = { ...(signal && { abortSignal: signal }) }
    return nameCheck(await client.storageAccounts.checkNameAvailability(question, options))
  })
}

/** Sends the creation of a general-purpose v2 account, locally redundant, without public blobs; wait by `getStorageAccount`. */
export async function createStorageAccount(
  cloud: Cloud,
  id: string,
  spec: { region: string; run: string },
  signal?: AbortSignal,
): Promise<Accepted> {
  return sendOne(id, signal, async (at, options) => {
    const client = await cloud.storage(at.subscriptionId)
    const body = {
      location: spec.region,
      tags: tagsOf(spec.run),
      sku: { name: 'Standard_LRS' },
      kind: 'StorageV2',
      minimumTlsVersion: 'TLS1_2',
      allowBlobPublicAccess: false,
      enableHttpsTrafficOnly: true,
    }
    await client.storageAccounts.create(at.resourceGroup, at.names[0], body, options).submitted()
  })
}

/** An account already gone is no error. */
export async function deleteStorageAccount(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const client = await cloud.storage(at.subscriptionId)
    await client.storageAccounts.delete(at.resourceGroup, at.names[0], options)
  })
}

/** Makes a private container by ARM, so that no data role is needed yet. One that is there stays as it is. */
export async function createContainer(
  cloud: Cloud,
  storageAccountId: string,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const at = partsOf(storageAccountId)
  await asking(async () => {
    const client = await cloud.storage(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    await client.blobContainers.create(at.resourceGroup, at.names[0], name, { publicAccess: 'None' }, options)
  })
}

/** false also where the account is gone, or the container is being deleted. */
export async function containerExists(
  cloud: Cloud,
  storageAccountId: string,
  name: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const at = partsOf(storageAccountId)
  const found = await orNull(async () => {
    const client = await cloud.storage(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    return client.blobContainers.get(at.resourceGroup, at.names[0], name, options)
  })
  return found !== null && !found.deleted
}

function accountFrom(account: ArmStorageAccount): StorageAccount {
  const kind = account.kind ?? ''
  return {
    id: account.id ?? '',
    name: account.name ?? '',
    region: account.location,
    blobEndpoint: account.primaryEndpoints?.blob ?? '',
    state: account.provisioningState ?? '',
    kind,
    // Scale targets of Blob Storage: no page blobs with a hierarchical namespace; block-blob and file accounts have none either.
    takesPageBlobs: !account.isHnsEnabled && (kind === 'StorageV2' || kind === 'Storage'),
    tags: account.tags ?? {},
  }
}
