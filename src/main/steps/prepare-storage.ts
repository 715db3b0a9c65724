import { isSameRegion } from '../../shared/terms'
import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import { someBlob } from '../azure/blobs'
import type { Cloud } from '../azure/cloud'
import { groupId, storageAccountId } from '../azure/ids'
import {
  checkStorageName,
  containerExists,
  createContainer,
  createStorageAccount,
  deleteStorageAccount,
  getStorageAccount,
  listStorageAccounts,
  type StorageAccount,
} from '../azure/storage'
import { announce, assertOurs, foreign, isListed, untilGone, untilReady } from './making'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

type Form = Inputs['prepare.storage']

/** The storage account that takes the disk on its way into the gallery: an existing one, or a new general-purpose one. */
export const prepareStorage: RunStep<'prepare.storage'> = {
  id: 'prepare.storage',
  requires: ['connect.scope', 'prepare.account'],
  closing: 'goesOn',
  parse: (input) => parseForm('prepare.storage', input),
  describe: (input) => ({
    minutes: 1,
    cost: 'low',
    makes: [
      ...(input.mode === 'create' ? [{ what: 'storage account', name: input.name, keep: true }] : []),
      ...(input.mode === 'choose' ? [{ what: 'container', name: input.container, keep: true }] : []),
    ],
  }),
  async check(tools, input) {
    const cloud = await tools.cloud()
    const found = await find(tools, cloud, input)
    if (!found) {
      await assertCreatable(tools, cloud, input)
      return { is: 'todo' }
    }
    assertUsable(tools, found, input)
    if (input.mode === 'create' && (found.state !== 'Succeeded' || !isListed(tools, found.id))) return { is: 'todo' }
    const hasContainer = await containerExists(cloud, found.id, input.container, tools.signal)
    return hasContainer ? { is: 'done', output: outputFrom(found, input) } : { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const found = await find(tools, cloud, input)
    if (found) assertUsable(tools, found, input)
    const account = input.mode === 'create' ? await create(tools, cloud, input, found) : found
    if (!account) throw notFound(input)
    if (!(await containerExists(cloud, account.id, input.container, tools.signal))) {
      // In an account of our own the container goes with it.
      const id = `${account.id}/blobServices/default/containers/${input.container}`
      if (input.mode === 'choose') await announce(tools, id, 'container', true)
      await createContainer(cloud, account.id, input.container, tools.signal)
    }
    return outputFrom(account, input)
  },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const [id = resource.id, container] = resource.id.split('/blobServices/default/containers/')
    const account = await getStorageAccount(cloud, id, tools.signal)
    if (!account) return
    // A container carries no tags, so nothing proves whose it is.
    if (container !== undefined) throw foreign('container', container)
    assertOurs(tools, account, 'storage account')
    await assertEmpty(tools, cloud, account)
    await deleteStorageAccount(cloud, resource.id, tools.signal)
    await untilGone(tools, cloud, (signal) => getStorageAccount(cloud, resource.id, signal), {
      kind: 'storage account',
      name: account.name,
      limitMinutes: 10,
    })
  },
}

/** Our own blob went before; what is left in the container is somebody else's. */
async function assertEmpty(tools: Tools, cloud: Cloud, account: StorageAccount): Promise<void> {
  const container = parseForm('prepare.storage', tools.input('prepare.storage')).container
  const left = await someBlob(cloud, `${account.blobEndpoint.replace(/\/+$/, '')}/${container}`, tools.signal)
  if (left !== null) throw foreign('page blob', left)
}

async function create(tools: Tools, cloud: Cloud, input: Form, found: StorageAccount | null): Promise<StorageAccount> {
  const id = ownId(tools, input)
  await announce(tools, id, 'storage account', true)
  let operation: string | null = null
  if (!found) {
    const { region } = outputOf(tools, 'prepare.account')
    operation = (await createStorageAccount(cloud, id, { region, run: tools.run }, tools.signal)).operation
  }
  return untilReady(tools, cloud, (signal) => getStorageAccount(cloud, id, signal), {
    kind: 'storage account',
    name: input.name,
    limitMinutes: 15,
    operation,
    stateOf: ({ state }) => state,
  })
}

function ownId(tools: Tools, input: Form): string {
  const scope = outputOf(tools, 'connect.scope')
  return storageAccountId(groupId(scope.subscriptionId, scope.resourceGroup), input.name)
}

async function find(tools: Tools, cloud: Cloud, input: Form): Promise<StorageAccount | null> {
  const { subscriptionId } = outputOf(tools, 'connect.scope')
  if (input.mode === 'create') return getStorageAccount(cloud, ownId(tools, input), tools.signal)
  if (input.resourceGroup) {
    const id = storageAccountId(groupId(subscriptionId, input.resourceGroup), input.name)
    return getStorageAccount(cloud, id, tools.signal)
  }
  const accounts = await listStorageAccounts(cloud, subscriptionId, tools.signal)
  return accounts.find(({ name }) => name === input.name) ?? null
}

function assertUsable(tools: Tools, found: StorageAccount, input: Form): void {
  if (input.mode === 'create') assertOurs(tools, found, 'storage account')
  const { region } = outputOf(tools, 'prepare.account')
  // The image version is made in the region of the blob it comes from (items S10 and S18 of the article).
  if (!isSameRegion(found.region, region)) {
    throw new AppError('cloud.region-mismatch', {
      kind: 'storage account',
      name: found.name,
      region: found.region,
      wanted: region,
    })
  }
  if (!found.takesPageBlobs && found.kind !== '') {
    throw new AppError('storage.no-page-blobs', { name: found.name, kind: found.kind })
  }
}

async function assertCreatable(tools: Tools, cloud: Cloud, input: Form): Promise<void> {
  if (input.mode === 'choose') throw notFound(input)
  const { subscriptionId } = outputOf(tools, 'connect.scope')
  const name = await checkStorageName(cloud, subscriptionId, input.name, tools.signal)
  if (name.reason === 'taken') throw new AppError('cloud.name-taken', { kind: 'storage account', name: input.name })
  if (name.reason === 'invalid') {
    throw new AppError('input.invalid', { step: 'prepare.storage', fields: 'name' }, { message: name.message })
  }
}

function notFound(input: Form): AppError {
  return new AppError('cloud.not-found', { kind: 'storage account', name: input.name })
}

function outputFrom(account: StorageAccount, input: Form): OutputOf<'prepare.storage'> {
  return {
    id: account.id,
    name: account.name,
    region: account.region,
    blobEndpoint: account.blobEndpoint,
    container: input.container,
  }
}
