import { describe, expect, it } from 'vitest'
import type { Answers } from '../../../src/main/steps/preflight/answers'
import { judge } from '../../../src/main/steps/preflight/judge'
import { openBlocks, verdictOf, type PreflightPlan, type PreflightRow } from '../../../src/shared/preflight'
import { messages, preflightText } from '../../../src/shared/messages/messages'
import { answersWith, known, planWith, refused, said, sizes, subscription } from './plans'

function rowsOf(plan: PreflightPlan, answers: Answers, mayRegister = true): PreflightRow[] {
  const at = new Date('2026-11-25T12:00:00Z')
  return judge({ run: 'run-1', plan, subscriptionName: 'Rendering', mayRegister, known, at }, answers)
}

const account = {
  id: `/subscriptions/${subscription}/resourceGroups/old/providers/Microsoft.Batch/batchAccounts/old`,
  name: 'old',
  region: 'westeurope',
  endpoint: 'https://old.westeurope.batch.azure.com',
  allocationMode: 'BatchService' as const,
  state: 'Succeeded',
  tags: {},
}
const chosen = planWith({
  account: { mode: 'choose', name: 'old', resourceGroup: 'old', allocationMode: 'BatchService', vaultId: '' },
})
const quota = {
  dedicatedCores: 20,
  spotCores: 10,
  pools: 2,
  families: { standarddsv3family: 4, standardddsv5family: 20 },
  isPerFamily: true,
}
const withAccount = {
  account: { value: account },
  accountQuota: { value: quota },
  poolsInUse: { value: { count: 1, pools: [] } },
  accountsInRegion: null,
  accountName: null,
}

describe('a plan that works', () => {
  it('has no row but fine ones, except for the quota of an account that is still to be made', () => {
    const rows = rowsOf(planWith(), answersWith())
    expect(rows.filter(({ severity }) => severity !== 'ok').map(({ text }) => text)).toEqual(['coresUnread'])
    expect(verdictOf(rows)).toBe('unknown')
  })

  it('gives each row an id of its own and words in both languages', () => {
    const rows = rowsOf(planWith(), answersWith())
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    for (const row of rows) {
      for (const language of ['en', 'de'] as const) expect(preflightText(row, language).title).not.toMatch(/[{}…]/)
    }
    expect(Object.keys(messages.de.preflight.rows)).toEqual(Object.keys(messages.en.preflight.rows))
  })
})

describe('what could not be read', () => {
  it('is unknown, never a block', () => {
    const rows = rowsOf(
      chosen,
      answersWith({
        providers: { 'Microsoft.Batch': refused },
        hasGroup: refused,
        permissions: {},
        account: refused,
        accountsInRegion: refused,
        accountName: refused,
        sizes: refused,
        storage: refused,
        storageName: refused,
        gallery: refused,
      }),
    )
    // These two need no answer: the plan itself tells the one, the app's catalogs the other.
    const asked = rows.filter(({ id, family }) => id !== 'region version' && family !== 'retirements')
    const severities = new Set(asked.map(({ severity }) => severity))
    expect([...severities]).toEqual(['unknown'])
  })
})

describe('services', () => {
  const providers = {
    'Microsoft.Batch': { value: 'NotRegistered' },
    'Microsoft.Compute': { value: 'Registering' },
    'Microsoft.Storage': { value: 'Registered' },
  }
  it('that are off are switched on with consent and forbid to go on without', () => {
    const on = rowsOf(planWith(), answersWith({ providers }))
    expect(said(on, 'provider Microsoft.Batch')).toEqual(['warn providerToRegister'])
    const off = rowsOf(planWith(), answersWith({ providers }), false)
    expect(said(off, 'provider Microsoft.Batch')).toEqual(['block providerOff'])
    expect(said(off, 'provider Microsoft.Compute')).toEqual(['warn providerComing'])
    expect(said(off, 'provider Microsoft.Storage')).toEqual(['ok providerOn'])
  })
})

describe('rights', () => {
  const scope = `/subscriptions/${subscription}`
  const reading = { actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] }

  it('name exactly what is missing, at the subscription while the group is still to be made', () => {
    const rows = rowsOf(planWith(), answersWith({ permissions: { [scope]: { value: [reading] } } }))
    const missing = rows.flatMap((row) => (row.missing ? [{ id: row.id, ...row.missing }] : []))
    expect(missing.find(({ id }) => id === 'right accountCreate')).toEqual({
      id: 'right accountCreate',
      scope,
      actions: ['Microsoft.Batch/batchAccounts/write'],
      dataActions: [],
    })
    expect(missing.find(({ id }) => id === 'right upload')?.dataActions).toEqual([
      'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
      'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
    ])
    expect(said(rows, 'right sizes')).toEqual(['ok rightHeld'])
    expect(said(rows, 'right uploadRemove')).toEqual(['warn rightMissing'])
  })

  it('count at the group once it is there', () => {
    const group = `${scope}/resourceGroups/farm`
    const all = { actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] }
    const permissions = { [scope]: { value: [reading] }, [group]: { value: [all] } }
    const rows = rowsOf(planWith(), answersWith({ hasGroup: { value: true }, permissions }))
    expect(rows.filter(({ missing }) => missing)).toEqual([])
    expect(rows.map(({ id }) => id)).not.toContain('right group')
  })
})

describe('quotas of a Batch account', () => {
  it('are compared with the vCPUs of all nodes wanted, of the family and altogether', () => {
    const plan = { ...chosen, pool: { ...chosen.pool, dedicated: 3 } }
    const rows = rowsOf(plan, answersWith(withAccount))
    const family = rows.find(({ id }) => id === 'quota family')!
    expect(family).toMatchObject({
      severity: 'block',
      text: 'familyShortOthers',
      params: { needed: 6, limit: 4, used: 0, fits: 'Standard_D2ds_v5' },
    })
    expect(said(rows, 'quota total')).toEqual(['ok coresRoom'])
  })

  it('leave out what other pools hold already', () => {
    const pools = [{ vmSize: 'standard_d4s_v3', dedicated: 1, spot: 2 }]
    const plan = { ...chosen, pool: { ...chosen.pool, spot: 2 } }
    const rows = rowsOf(plan, answersWith({ ...withAccount, poolsInUse: { value: { count: 2, pools } } }))
    expect(rows.find(({ id }) => id === 'quota family')?.params).toMatchObject({ limit: 4, used: 4, needed: 2 })
    expect(rows.find(({ id }) => id === 'quota spot')).toMatchObject({
      severity: 'block',
      params: { limit: 10, used: 8, needed: 4 },
    })
    expect(said(rows, 'quota pools')).toEqual(['block poolsFull'])
  })

  it('that are 0 in a family which the answer leaves out forbid to go on', () => {
    const rows = rowsOf(chosen, answersWith({ ...withAccount, accountQuota: { value: { ...quota, families: {} } } }))
    expect(rows.find(({ id }) => id === 'quota family')).toMatchObject({ text: 'familyShort', params: { limit: 0 } })
  })

  it('propose no size of another generation', () => {
    const plan = { ...chosen, pool: { ...chosen.pool, vmSize: 'Standard_D2s_v3', dedicated: 3 } }
    const families = { standarddsv3family: 0, standarddv2family: 100 }
    const rows = rowsOf(plan, answersWith({ ...withAccount, accountQuota: { value: { ...quota, families } } }))
    expect(said(rows, 'quota family')).toEqual(['block familyShort'])
  })

  it('say that a size is not there before they count its cores', () => {
    const plan = { ...chosen, pool: { ...chosen.pool, vmSize: 'standard_h8' } }
    const rows = rowsOf(plan, answersWith(withAccount))
    expect(said(rows, 'quota size')).toEqual(['block sizeMissing'])
    expect(said(rows, 'quota family')).toEqual([])
  })
})

describe('quotas of the subscription', () => {
  it('count for an account in user subscription mode', () => {
    const usages = [
      { name: 'cores', limit: 40, used: 39 },
      { name: 'lowPriorityCores', limit: 20, used: 0 },
      { name: 'standardDSv3Family', limit: 20, used: 2 },
    ]
    const plan = planWith({
      account: { ...planWith().account, allocationMode: 'UserSubscription', vaultId: vaultId('v') },
    })
    const rows = rowsOf(plan, answersWith({ usages: { value: usages }, vault: { value: vault('v') } }))
    expect(rows.find(({ id }) => id === 'quota family')?.params).toMatchObject({ limit: 20, used: 2, needed: 2 })
    expect(rows.find(({ id }) => id === 'quota total')).toMatchObject({
      severity: 'block',
      text: 'coresShort',
      params: { limit: 40, used: 39, needed: 2 },
    })
  })
})

describe('user subscription mode', () => {
  const plan = planWith({
    account: { ...planWith().account, allocationMode: 'UserSubscription', vaultId: vaultId('v') },
  })
  const principal = { principalId: 'B1', roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c' }
  it.each([
    ['no vault', null, 'block vaultMissing'],
    ['one elsewhere', { ...vault('v'), region: 'northeurope' }, 'block vaultElsewhere'],
    ['one with roles', { ...vault('v'), isRoleBased: true }, 'block vaultRoleBased'],
    ['one that nobody may use', { ...vault('v'), policies: [] }, 'warn vaultWithoutPolicy'],
    ['one that fits', vault('v'), 'ok vaultFits'],
  ])('with %s', (_what, value, expected) => {
    const rows = rowsOf(plan, answersWith({ vault: { value }, serviceAssignments: { value: [principal] } }))
    expect(said(rows, 'vault')).toEqual([expected])
  })

  it.each([
    ['nobody has a role', [], 'block principalMissing'],
    ['the holder of the secrets has one', [principal], 'ok principalHolds'],
    ['somebody else has one', [{ ...principal, principalId: 'other' }], 'unknown principalUnsure'],
  ])('when %s', (_what, value, expected) => {
    const rows = rowsOf(plan, answersWith({ vault: { value: vault('v') }, serviceAssignments: { value } }))
    expect(said(rows, 'batch principal')).toEqual([expected])
  })

  it('needs no vault in the other mode', () => {
    expect(rowsOf(planWith(), answersWith()).map(({ id }) => id)).not.toContain('vault')
  })
})

describe('what was chosen', () => {
  it('must lie in the region of the run', () => {
    const elsewhere = { ...account, region: 'North Europe' }
    const rows = rowsOf(chosen, answersWith({ ...withAccount, account: { value: elsewhere } }))
    expect(rows.find(({ id }) => id === 'region Batch account')).toMatchObject({
      severity: 'block',
      text: 'placeWrong',
      step: 'prepare.account',
      params: { region: 'North Europe', wanted: 'westeurope' },
    })
    expect(said(rows, 'region version')).toEqual(['block versionLacks'])
  })

  it('must lie there if it is a gallery too, since the step that takes it demands it', () => {
    const plan = planWith({ gallery: { mode: 'choose', name: 'far', resourceGroup: 'old' } })
    const id = `/subscriptions/${subscription}/resourceGroups/old/providers/Microsoft.Compute/galleries/far`
    const far = { id, name: 'far', region: 'northeurope', state: 'Succeeded', tags: {} }
    const rows = rowsOf(plan, answersWith({ gallery: { value: far } }))
    expect(said(rows, 'region gallery')).toEqual(['block placeWrong'])
  })

  it('must be able to hold page blobs', () => {
    const plan = planWith({ storage: { mode: 'choose', name: 'lake', resourceGroup: 'old', container: 'vhds' } })
    const lake = {
      id: `/subscriptions/${subscription}/resourceGroups/old/providers/Microsoft.Storage/storageAccounts/lake`,
      name: 'lake',
      region: 'West Europe',
      blobEndpoint: '',
      state: 'Succeeded',
      kind: 'StorageV2',
      takesPageBlobs: false,
      tags: {},
    }
    const rows = rowsOf(plan, answersWith({ storage: { value: lake } }))
    expect(said(rows, 'region storage account')).toEqual(['ok placeRight'])
    expect(said(rows, 'storage page blobs')).toEqual(['block storageWithoutPages'])
  })

  it('must exist', () => {
    const plan = planWith({ gallery: { mode: 'choose', name: 'gone', resourceGroup: 'old' } })
    expect(said(rowsOf(plan, answersWith()), 'region gallery')).toEqual(['block placeMissing'])
  })
})

describe('names', () => {
  it.each([
    [{ isFree: false, reason: 'taken' as const, message: '' }, 'block nameTaken'],
    [{ isFree: false, reason: 'invalid' as const, message: '' }, 'block nameInvalid'],
  ])('%o', (value, expected) => {
    expect(said(rowsOf(planWith(), answersWith({ accountName: { value } })), 'name Batch account')).toEqual([expected])
  })

  it('of what this run made itself are fine', () => {
    const ours = { ...account, tags: { createdBy: 'batch-image-studio', run: 'run-1' } }
    const rows = rowsOf(planWith(), answersWith({ ...withAccount, account: { value: ours } }))
    expect(said(rows, 'name Batch account')).toEqual(['ok nameOurs'])
    const theirs = { ...ours, tags: { createdBy: 'batch-image-studio', run: 'run-2' } }
    const others = rowsOf(planWith(), answersWith({ ...withAccount, account: { value: theirs } }))
    expect(said(others, 'name Batch account')).toEqual(['block nameTaken'])
  })
})

describe('a risk', () => {
  it('is taken for the checks it named, not for those that come later', () => {
    const rows = rowsOf(chosen, answersWith({ ...withAccount, account: { value: { ...account, region: 'x' } } }))
    const accepted = openBlocks(rows, []).map(({ id }) => id)
    expect(openBlocks(rows, accepted)).toEqual([])
    const later = rowsOf({ ...chosen, pool: { ...chosen.pool, vmSize: 'standard_h8' } }, answersWith(withAccount))
    expect(openBlocks(later, accepted).map(({ id }) => id)).toEqual(['quota size'])
  })
})

function vaultId(name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/old/providers/Microsoft.KeyVault/vaults/${name}`
}

function vault(name: string) {
  const policies = [{ objectId: 'b1', secrets: ['get', 'list', 'set', 'delete', 'recover'] }]
  return { id: vaultId(name), name, region: 'westeurope', url: `https://${name}.vault`, isRoleBased: false, policies }
}

it('the sizes of these examples are those of the plan', () => {
  expect(sizes.map(({ name }) => name.toLowerCase())).toContain(planWith().pool.vmSize)
})
