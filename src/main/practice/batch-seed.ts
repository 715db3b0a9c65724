import { accountType, accountWire } from './batch-accounts'
import { subscriptions } from './directory'
import { newPoolState, poolType, type NodeRecord } from './nodes-state'
import type { PracticeCloud } from './server'

const location = 'westeurope'

/** Two Batch accounts, one per allocation mode, and pools that a newcomer finds: a healthy one and two of retired kinds. */
export function seedBatch(cloud: PracticeCloud): void {
  const done = cloud.store.part('batchSeed', () => ({ done: false }))
  if (done.done) return
  const group = `/subscriptions/${subscriptions[0].id}/resourceGroups/practice-shared`
  const accountId = (name: string) => `${group}/providers/${accountType}/${name}`
  cloud.store.put({
    id: accountId('practicebatch'),
    name: 'practicebatch',
    type: accountType,
    wire: accountWire(location),
  })
  const keyVaultReference = {
    id: `${group}/providers/Microsoft.KeyVault/vaults/practice-vault`,
    url: 'https://practice-vault.vault.practice.example/',
  }
  const userSubscription = { properties: { poolAllocationMode: 'UserSubscription', keyVaultReference } }
  cloud.store.put({
    id: accountId('practiceusersub'),
    name: 'practiceusersub',
    type: accountType,
    wire: accountWire(location, userSubscription),
  })
  const machine = {
    imageReference: { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
    nodeAgentSkuId: 'batch.node.ubuntu 24.04',
  }
  seedPool(cloud, accountId('practicebatch'), 'render-marketplace', machine, 1)
  const managedImage = `${group}/providers/Microsoft.Compute/images/render-2019`
  const managed = { imageReference: { id: managedImage }, nodeAgentSkuId: 'batch.node.ubuntu 22.04' }
  seedPool(cloud, accountId('practicebatch'), 'render-managed-image', managed, 0)
  seedPool(cloud, accountId('practicebatch'), 'render-vhd-2017', null, 0)
  done.done = true
  cloud.store.touch()
}

function seedPool(
  cloud: PracticeCloud,
  account: string,
  name: string,
  machine: Record<string, unknown> | null,
  nodes: number,
): void {
  const now = cloud.clock.now()
  const state = newPoolState(now)
  const node: NodeRecord = {
    id: 'tvmps_7d1f0c5e4a9b83626d0e5f47c1b2a3988e6d7c5b4a3f2e1d0c9b8a7f6e5d4c3b_d',
    isDedicated: true,
    createdAtMs: now - 3_600_000,
    allocatedAtMs: now - 3_500_000,
    leavingAtMs: null,
    fate: 'idle',
    startTask: null,
    waitsForStartTask: true,
  }
  Object.assign(state, { nodes: nodes > 0 ? [node] : [], madeNodes: nodes, targetDedicated: nodes })
  const properties = {
    vmSize: 'STANDARD_D2S_V3',
    deploymentConfiguration: machine ? { virtualMachineConfiguration: machine } : {},
    scaleSettings: { fixedScale: { targetDedicatedNodes: nodes, targetLowPriorityNodes: 0, resizeTimeout: 'PT15M' } },
    taskSlotsPerNode: 1,
    taskSchedulingPolicy: { nodeFillType: 'Spread' },
    interNodeCommunication: 'Disabled',
    provisioningState: 'Succeeded',
  }
  cloud.store.put({
    id: `${account}/pools/${name}`,
    name,
    type: poolType,
    wire: { properties },
    hidden: state as unknown as Record<string, unknown>,
  })
}
