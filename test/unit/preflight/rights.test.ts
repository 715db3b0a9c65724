import { describe, expect, it } from 'vitest'
import { smallestRoles } from '../../../src/shared/built-in-roles'
import { isGranted, matches, type Permission } from '../../../src/shared/rights'

function given(part: Partial<Permission>): Permission {
  return { actions: [], notActions: [], dataActions: [], notDataActions: [], ...part }
}

const contributor = given({
  actions: ['*'],
  notActions: ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'],
})

describe('wildcards of actions', () => {
  // Microsoft Learn, "Understand Azure role definitions": wildcards span segments, case does not matter.
  it.each([
    ['*', 'Microsoft.Compute/galleries/write', true],
    ['*/read', 'Microsoft.Compute/galleries/images/versions/read', true],
    ['*/read', 'Microsoft.Storage/storageAccounts/listKeys/action', false],
    ['Microsoft.Compute/*', 'microsoft.compute/galleries/delete', true],
    ['Microsoft.Compute/*/read', 'Microsoft.Compute/galleries/read', true],
    ['Microsoft.Compute/*/read', 'Microsoft.Computer/galleries/read', false],
    ['Microsoft.Compute/galleries/read', 'Microsoft.Compute/galleries/reader', false],
    ['microsoft.web/sites/*/read', 'Microsoft.Web/sites/config/read', true],
    ['Microsoft.Batch/*/pools/*', 'Microsoft.Batch/batchAccounts/pools/write', true],
    ['a/*/a', 'a/a', false],
    ['', 'Microsoft.Compute/galleries/read', false],
  ])('%s and %s: %s', (pattern, action, isMatch) => expect(matches(pattern, action)).toBe(isMatch))

  it('a hostile pattern is answered at once', () => {
    const started = performance.now()
    expect(matches('*a'.repeat(5_000), `${'a'.repeat(4_999)}b`)).toBe(false)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('several assignments', () => {
  it('what one takes away, another may give', () => {
    const action = 'Microsoft.Authorization/roleAssignments/write'
    expect(isGranted([contributor], action, 'action')).toBe(false)
    const administrator = given({ actions: ['Microsoft.Authorization/*'] })
    expect(isGranted([contributor, administrator], action, 'action')).toBe(true)
  })

  it('bytes and management are kept apart', () => {
    const read = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
    expect(isGranted([contributor], read, 'data action')).toBe(false)
    expect(isGranted([given({ dataActions: ['Microsoft.Storage/*'] })], read, 'data action')).toBe(true)
    expect(isGranted([given({ dataActions: ['*'], notDataActions: ['*/blobs/read'] })], read, 'data action')).toBe(
      false,
    )
  })

  it('nobody without an assignment may do anything', () => {
    expect(isGranted([], 'Microsoft.Resources/subscriptions/read', 'action')).toBe(false)
  })
})

describe('the smallest built-in roles', () => {
  const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
  it.each([
    ['reading', ['Microsoft.Compute/galleries/read', 'Microsoft.Batch/locations/quotas/read'], [], ['Reader']],
    ['pools', ['Microsoft.Batch/batchAccounts/pools/write'], [], ['Azure Batch Data Contributor']],
    ['an account', ['Microsoft.Batch/batchAccounts/write'], [], ['Azure Batch Account Contributor']],
    ['bytes', [], [`${blobs}/write`], ['Storage Blob Data Contributor']],
    [
      'bytes and an account',
      ['Microsoft.Batch/batchAccounts/write'],
      [`${blobs}/write`],
      ['Storage Blob Data Contributor', 'Azure Batch Account Contributor'],
    ],
    ['a disk for pools', ['Microsoft.Compute/disks/beginGetAccess/action'], [], ['Contributor']],
    ['rights of others', ['Microsoft.Authorization/roleAssignments/write'], [], ['Owner']],
    ['what no role has', [], ['Microsoft.Nowhere/things/read'], []],
  ])('for %s', (_what, actions, dataActions, names) => {
    expect(smallestRoles({ actions, dataActions }).map(({ name }) => name)).toEqual(names)
  })
})
