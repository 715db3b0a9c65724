import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRights, matchesAction, roles } from '../../../src/main/practice/rbac'
import { openStore } from '../../../src/main/practice/store'

const caller = { oid: 'o1', tid: 't', name: 'a@b', appId: 'x' }
const scope = '/subscriptions/s/resourceGroups/rg'

function rightsWith(roleId: string) {
  const rights = createRights(openStore(mkdtempSync(join(tmpdir(), 'practice-rights-'))))
  rights.assign({ id: '1', scope, principalId: 'o1', principalType: 'User', roleId })
  return rights
}

describe('roles', () => {
  // Examples of Microsoft Learn, "Understand Azure role definitions": wildcards span segments, case does not matter.
  it.each([
    ['*', 'Microsoft.Compute/galleries/write', true],
    ['*/read', 'Microsoft.Compute/galleries/images/versions/read', true],
    ['*/read', 'Microsoft.Storage/storageAccounts/listKeys/action', false],
    ['Microsoft.Compute/*', 'microsoft.compute/galleries/delete', true],
    ['Microsoft.Compute/*/read', 'Microsoft.Compute/galleries/read', true],
    ['Microsoft.Compute/galleries/read', 'Microsoft.Compute/galleries/reader', false],
    ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/roleAssignments/write', true],
  ])('%s and %s: %s', (pattern, action, isMatch) => expect(matchesAction(pattern, action)).toBe(isMatch))

  it('hold for the scope and what is below it', () => {
    const rights = rightsWith(roles.reader.id)
    const read = (at: string) => rights.isAllowed(caller, 'Microsoft.Compute/galleries/read', at)
    expect([
      read(scope),
      read(`${scope.toUpperCase()}/providers/x`),
      read(`${scope}2`),
      read('/subscriptions/s'),
    ]).toEqual([true, true, false, false])
  })

  it('let a contributor write everything but rights', () => {
    const rights = rightsWith(roles.contributor.id)
    expect(rights.isAllowed(caller, 'Microsoft.Batch/batchAccounts/write', scope)).toBe(true)
    expect(rights.isAllowed(caller, 'Microsoft.Authorization/roleAssignments/write', scope)).toBe(false)
  })

  it('keep bytes and management apart: an owner reads no blob by being owner', () => {
    const blob = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
    expect(rightsWith(roles.owner.id).isAllowed(caller, blob, scope, 'data')).toBe(false)
    expect(rightsWith(roles.blobDataContributor.id).isAllowed(caller, blob, scope, 'data')).toBe(true)
    expect(rightsWith(roles.blobDataContributor.id).isAllowed(caller, 'Microsoft.Compute/galleries/read', scope)).toBe(
      false,
    )
  })

  it('belong to their principal', () => {
    expect(rightsWith(roles.owner.id).isAllowed({ ...caller, oid: 'o2' }, 'x/read', scope)).toBe(false)
  })
})
