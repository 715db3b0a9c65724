import { readFileSync } from 'node:fs'
import type { Answers } from '../../../src/main/steps/preflight/answers'
import type { Known } from '../../../src/main/steps/preflight/retirements'
import { catalogs } from '../../../src/shared/catalog'
import type { PreflightPlan, PreflightRow } from '../../../src/shared/preflight'

/** A plan with everything new in one group, and a cloud in which all of it works. */
export const subscription = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'

export function planWith(change: Partial<PreflightPlan> = {}): PreflightPlan {
  return {
    subscriptionId: subscription,
    region: 'westeurope',
    resourceGroup: 'farm',
    account: {
      mode: 'create',
      name: 'farm',
      resourceGroup: 'farm',
      allocationMode: 'BatchService',
      vaultId: '',
    },
    storage: { mode: 'create', name: 'farmdisks', resourceGroup: 'farm', container: 'vhds' },
    gallery: { mode: 'create', name: 'farm', resourceGroup: 'farm' },
    version: { regions: ['westeurope'] },
    pool: { vmSize: 'standard_d2s_v3', nodeAgentSku: 'batch.node.debian 12', generation: 'V2', dedicated: 1, spot: 0 },
    ...change,
  }
}

const free = { value: { isFree: true, reason: null, message: '' } }

export const sizes = [
  size('Standard_D2s_v3', 'standardDSv3Family', 2),
  size('Standard_D4s_v3', 'standardDSv3Family', 4),
  size('Standard_D2ds_v5', 'standardDDSv5Family', 2),
  size('Standard_D8ds_v5', 'standardDDSv5Family', 8),
  { ...size('Standard_D2_v2', 'standardDv2Family', 2), generations: ['V1' as const] },
]

export function answersWith(change: Partial<Answers> = {}): Answers {
  return {
    providers: Object.fromEntries(
      ['Microsoft.Batch', 'Microsoft.Compute', 'Microsoft.Storage'].map((name) => [name, { value: 'Registered' }]),
    ),
    hasGroup: { value: false },
    permissions: {
      [`/subscriptions/${subscription}`]: {
        value: [{ actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] }],
      },
    },
    account: { value: null },
    accountQuota: null,
    poolsInUse: null,
    accountsInRegion: { value: { used: 1, limit: 3 } },
    accountName: free,
    sizes: { value: sizes },
    usages: null,
    buildSizes: null,
    hasBuildVm: null,
    storage: { value: null },
    hasContainer: { value: false },
    storageName: free,
    gallery: { value: null },
    vault: null,
    serviceAssignments: null,
    supportedImages: null,
    ...change,
  }
}

/** The app's own catalogs. */
export const known: Known = {
  retirements: catalogs.retirements.parse(catalog('retirements')).retirements,
  agents: catalogs['node-agents'].parse(catalog('node-agents')).agents,
  sizes: catalogs['vm-sizes'].parse(catalog('vm-sizes')).sizes,
}

function catalog(name: string): unknown {
  return JSON.parse(readFileSync(`resources/catalogs/${name}.json`, 'utf8'))
}

/** What a row says, without its words. */
export function said(rows: readonly PreflightRow[], id: string): string[] {
  return rows.filter((row) => row.id === id).map(({ severity, text }) => `${severity} ${text}`)
}

export const refused = { error: { code: 'cloud.forbidden' as const, params: {}, details: {} } }

function size(name: string, family: string, cores: number) {
  return {
    name,
    family,
    cores,
    memoryGb: cores * 4,
    localDiskGb: 16,
    generations: ['V1' as const, 'V2' as const],
    architecture: 'x64' as const,
  }
}
