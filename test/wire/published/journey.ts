import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  accountQuota,
  checkAccountName,
  createAccount,
  deleteAccount,
  getAccount,
  listAccounts,
  type Account,
} from '../../../src/main/azure/accounts'
import type { Cloud } from '../../../src/main/azure/cloud'
import { beginWriting, createDiskForUpload, deleteDisk, endWriting, getDisk } from '../../../src/main/azure/disks'
import { createGallery, deleteGallery, getGallery } from '../../../src/main/azure/galleries'
import { listDefinitions } from '../../../src/main/azure/image-definitions'
import { listVersions } from '../../../src/main/azure/image-versions'
import { listGroupResources } from '../../../src/main/azure/groups'
import * as ids from '../../../src/main/azure/ids'
import { listNodes, nodeCounts } from '../../../src/main/azure/nodes'
import { failureOfOperation } from '../../../src/main/azure/operations'
import {
  createPool,
  deletePool,
  getPool,
  listPools,
  resizePool,
  type Pool,
  type PoolSpec,
} from '../../../src/main/azure/pools'
import { listPermissions } from '../../../src/main/azure/permissions'
import { getProvider, registerProvider } from '../../../src/main/azure/providers'
import { listServiceAssignments } from '../../../src/main/azure/role-assignments'
import { signIn, type SignInUi } from '../../../src/main/azure/sign-in'
import { checkStorageName } from '../../../src/main/azure/storage'
import { listTenants } from '../../../src/main/azure/tenants'
import { listUsages } from '../../../src/main/azure/usages'
import { getVault, listVaults } from '../../../src/main/azure/vaults'
import { waitFor } from '../../../src/main/azure/wait'
import { readPools } from '../../../src/main/read-pools'
import { createSeam } from '../../../src/main/net/seam'
import type { CloudProfile } from '../../../src/shared/profile'
import type { RunState } from '../../../src/shared/run'
import { lists } from '../../../src/shared/contract'
import { recordedIn, recordTo, type WireExchange } from '../../support/exchanges'
import { memoryCache } from '../../support/practice'
import { smallDisk } from '../../support/run'
import { askPractice } from '../../support/command'
import { practised, type Incident, type Practiced } from '../../support/studio'
import { buildVm } from './machine-journey'
import { approveDevice, emptySubscription, emptyVhdFooter, signInAs, subscription } from '../practice'

export type Recording = { mainHost: string; exchanges: WireExchange[] }

const region = 'westeurope'
const waiting = { signal: new AbortController().signal, limitMs: 60_000 }
const shared = ids.groupId(subscription, 'practice-shared')

/**
 * Everything the product says to a cloud on the way from a disk to a node: a whole run with its clean-up, all pickers,
 * all three sign-ins, and refusals of each kind. Recorded at the practice cloud's own sockets.
 */
export async function recordJourney(): Promise<Recording> {
  const folder = await mkdtemp(path.join(tmpdir(), 'studio-recording-'))
  const file = path.join(folder, 'exchanges.jsonl')
  const stop = recordTo(file)
  try {
    const practice = await practised({ target: 'pageBlob' })
    const { profile } = await practice.studio.practice.start()
    const run = await wholeRun(practice)
    const other = await runWithDisks(practice)
    const cloud = await practice.studio.cloudOf(run)
    await lookAround(practice, run, cloud)
    await askBeforehand(cloud)
    await managedDisk(cloud)
    await buildVm(cloud)
    await signIns(profile)
    const { resources } = await practice.stateOf(run)
    await refusals(practice, cloud, resources)
    await practice.studio.engine.cleanUp(run, { alsoRemove: resources.map(({ id }) => id) })
    const { resources: more } = await practice.stateOf(other)
    await practice.studio.engine.cleanUp(other, { alsoRemove: more.map(({ id }) => id) })
    // A region has room for few accounts: that of the run is gone now.
    await userSubscription(cloud, run)
    return { mainHost: new URL(profile.armEndpoint).host, exchanges: recordedIn(file) }
  } finally {
    stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function wholeRun(practice: Practiced): Promise<string> {
  await incident(practice, { kind: 'throttle', match: 'PUT .*galleries', count: 1, retryAfter: 1 })
  await incident(practice, { kind: 'unavailable', match: 'GET .*versions', count: 1, retryAfter: 1 })
  await incident(practice, { kind: 'throttle', match: '/nodes', count: 1, retryAfter: 1 })
  const run = await practice.begin({ 'disk.choose': { file: await smallDisk() } })
  const ended = await practice.go(run)
  if (ended.is !== 'finished') throw new Error(`the run ended ${JSON.stringify(ended)}`)
  return run
}

/** To an image version of managed disks, one with the system and one beside it. */
async function runWithDisks(practice: Practiced): Promise<string> {
  const file = await smallDisk()
  const run = await practice.begin({
    'connect.scope': { region: 'germanywestcentral' },
    'disk.choose': { file, dataDisks: [{ lun: 3, file }] },
    'disk.upload': { target: 'disk' },
  })
  const ended = await practice.go(run, 'image.version')
  if (ended.is !== 'done') throw new Error(`the run with disks ended ${JSON.stringify(ended)}`)
  return run
}

async function lookAround(practice: Practiced, run: string, cloud: Cloud): Promise<void> {
  for (const list of lists) await practice.studio.list(run, list)
  await registerProvider(cloud, emptySubscription, 'Microsoft.Batch')
  const registered = () => getProvider(cloud, emptySubscription, 'Microsoft.Batch')
  await waitFor(registered, ({ isRegistered }) => isRegistered, waiting)
  await checkAccountName(cloud, subscription, region, 'practicebatch')
  await checkStorageName(cloud, subscription, 'UPPER')
  for (const { id, endpoint } of await listAccounts(cloud, subscription)) {
    await accountQuota(cloud, id)
    for (const pool of await listPools(cloud, id)) await listNodes(cloud, endpoint, pool.name)
    await nodeCounts(cloud, endpoint)
  }
  await listGroupResources(cloud, shared)
  const gallery = ids.galleryId(shared, 'practice_gallery')
  for (const { id } of await listDefinitions(cloud, gallery)) await listVersions(cloud, id)
}

/** What preflight and the list of pools ask beyond the run. */
async function askBeforehand(cloud: Cloud): Promise<void> {
  await listTenants(cloud)
  await listPermissions(cloud, shared)
  await listServiceAssignments(cloud, subscription)
  await listUsages(cloud, subscription, region)
  await readPools(cloud, null, waiting.signal)
}

/** A disk that is made by upload: refused once, left half, gone on with, and removed. */
async function managedDisk(cloud: Cloud): Promise<void> {
  const id = ids.diskId(shared, 'wire-disk')
  const system = { osType: 'Linux', generation: 'V2' } as const
  const dataBytes = 20 * 1024 * 1024
  const spec = { region, uploadBytes: dataBytes + 512, system, run: 'wire', stamp: { content: 'wire' } }
  await createDiskForUpload(cloud, id, { ...spec, uploadBytes: 1000 }).catch(() => undefined)
  await createDiskForUpload(cloud, id, spec)
  await waitFor(
    () => getDisk(cloud, id),
    (disk) => disk?.state === 'Succeeded',
    waiting,
  )
  await beginWriting(cloud, id, 60)
  await endWriting(cloud, id).catch(() => undefined)
  const blob = await cloud.pageBlob(await beginWriting(cloud, id, 60))
  await blob.uploadPages(emptyVhdFooter(), dataBytes, 512)
  await endWriting(cloud, id)
  await deleteDisk(cloud, id)
  await waitFor(
    () => getDisk(cloud, id),
    (disk) => disk === null,
    waiting,
  )
}

/** An account whose nodes count against the subscription. */
async function userSubscription(cloud: Cloud, run: string): Promise<void> {
  const [vault] = (await listVaults(cloud, subscription)).filter(({ isRoleBased }) => !isRoleBased)
  await getVault(cloud, vault!.id)
  const id = ids.accountId(shared, 'wireusersubscription')
  const spec = { region, allocationMode: 'UserSubscription', vault: vault!, run } as const
  await createAccount(cloud, id, spec)
  const ready = () => getAccount(cloud, id)
  await waitFor(ready, (account) => account?.state === 'Succeeded', waiting)
  await deleteAccount(cloud, id)
  await waitFor(ready, (account) => account === null, waiting)
}

async function signIns(profile: CloudProfile): Promise<void> {
  const ui: SignInUi = {
    openBrowser: async (url, target) => void (await signInAs(target, url, 'Olivia Owner')),
    showDeviceCode: (code) => void (code && approveDevice(profile, code.code, 'Olivia Owner')),
  }
  const seam = createSeam(profile)
  const { signal } = waiting
  const { credential } = await signIn(profile, seam, { method: 'browser', ui, cache: memoryCache(), signal })
  await credential.getToken(profile.storageScope)
  await signIn(profile, seam, { method: 'deviceCode', ui, cache: memoryCache(), signal })
  const environment = {
    AZURE_TENANT_ID: profile.tenant,
    AZURE_CLIENT_ID: '48e1c7b6-0a92-4f5d-8d37-b3f6e9a21c70',
    AZURE_CLIENT_SECRET: 'wrong',
  }
  const refused = signIn(profile, seam, { method: 'environment', environment, ui, cache: memoryCache(), signal })
  await refused.catch(() => undefined)
  seam.close()
}

/** Stays on until it is used up: the practice cloud goes with the recording. */
async function incident({ studio, folder }: Practiced, incident: Incident): Promise<void> {
  const { profile } = await studio.practice.start()
  await askPractice(profile.armEndpoint, folder, 'POST', 'faults', incident)
}

/** What Azure answers when it does not do as asked; the product turns each into an error of its own, which others test. */
async function refusals(practice: Practiced, cloud: Cloud, made: RunState['resources']): Promise<void> {
  const account = await getAccount(cloud, ids.accountId(shared, 'practicebatch'))
  const gallery = ids.galleryId(shared, 'refused')
  await incident(practice, { kind: 'forbid', match: 'PUT .*galleries', count: 1 })
  await createGallery(cloud, gallery, { region, run: 'refused' }).catch(() => undefined)
  await incident(practice, { kind: 'fail-operation', match: 'galleries/refused' })
  const { operation } = await createGallery(cloud, gallery, { region, run: 'refused' })
  await waitFor(
    () => getGallery(cloud, gallery),
    (it) => it?.state === 'Failed',
    waiting,
  )
  await failureOfOperation(cloud, operation, 'cloud.operation-failed')
  await deleteGallery(cloud, gallery)
  await incident(practice, { kind: 'expire-tokens', count: 1 })
  await listNodes(cloud, account!.endpoint, 'no-such-pool').catch(() => undefined)
  const pool = made.find(({ what }) => what === 'pool')
  await pools(practice, cloud, account!, (await getPool(cloud, pool!.id))!)
}

/** A second pool like the one of the run: refused, without quota, then with a node that has a start task. */
async function pools(practice: Practiced, cloud: Cloud, account: Account, like: Pool): Promise<void> {
  const id = ids.poolId(account.id, 'wire')
  const spec: PoolSpec = {
    vmSize: like.vmSize,
    nodeAgentSku: like.nodeAgentSku,
    imageId: like.image.kind === 'gallery' ? like.image.id : '',
    dedicated: 1,
    spot: 0,
    taskSlotsPerNode: 1,
    interNodeCommunication: false,
    run: 'wire',
  }
  await createPool(cloud, id, { ...spec, vmSize: 'standard_unknown' }).catch(() => undefined)
  await incident(practice, { kind: 'quota-zero' })
  await createPool(cloud, id, { ...spec, startTask: '/bin/sh -c true' }).catch(() => undefined)
  await createPool(cloud, id, spec).catch(() => undefined)
  const steady = () =>
    waitFor(
      () => getPool(cloud, id),
      (it) => it?.allocationState === 'Steady',
      waiting,
    )
  await steady()
  await askPractice(cloud.profile.armEndpoint, practice.folder, 'DELETE', 'faults')
  await resizePool(cloud, id, { dedicated: 1, spot: 0 })
  await steady()
  await waitFor(
    () => listNodes(cloud, account.endpoint, 'wire'),
    ([node]) => node?.startTask?.state === 'completed',
    waiting,
  )
  await deletePool(cloud, id)
}
