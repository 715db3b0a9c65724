import { dig, digText, isObject } from './arm-parts'
import { batchService } from './directory'
import { armError } from './errors'
import type { Rights } from './rbac'
import type { PracticeRequest } from './server'

/** The writable properties of an account's body, with the demands of its allocation mode. @throws ArmError 400 */
export function checkedProperties(
  request: PracticeRequest,
  rights: Rights,
  body: Record<string, unknown>,
  subscription: string,
  region: string,
): Record<string, unknown> {
  const given = isObject(body['properties']) ? body['properties'] : {}
  const { poolAllocationMode, keyVaultReference, autoStorage, publicNetworkAccess, allowedAuthenticationModes } = given
  const mode = poolAllocationMode ?? 'BatchService'
  if (mode !== 'BatchService' && mode !== 'UserSubscription') throw invalidBody('poolAllocationMode')
  if (mode === 'UserSubscription') {
    assertServiceMayAllocate(rights, subscription)
    assertVault(request, keyVaultReference, subscription, region)
  }
  const modes = Array.isArray(allowedAuthenticationModes) ? (allowedAuthenticationModes as unknown[]) : undefined
  if (modes?.some((one) => !['SharedKey', 'AAD', 'TaskAuthenticationToken'].includes(String(one))))
    throw invalidBody('allowedAuthenticationModes')
  return {
    poolAllocationMode: mode,
    ...(keyVaultReference === undefined ? {} : { keyVaultReference }),
    ...(publicNetworkAccess === undefined ? {} : { publicNetworkAccess }),
    ...(modes === undefined ? {} : { allowedAuthenticationModes: modes }),
    ...(isObject(autoStorage) ? { autoStorage: linkedStorage(request, autoStorage, region) } : {}),
  }
}

function assertServiceMayAllocate(rights: Rights, subscription: string): void {
  const scope = `/subscriptions/${subscription}`
  const caller = { oid: batchService.oid, tid: '', name: batchService.displayName, appId: '' }
  if (rights.isAllowed(caller, 'Microsoft.Compute/virtualMachineScaleSets/write', scope)) return
  const text = `The Batch service does not have the required permissions to access the specified subscription '${subscription}'. Grant the service principal 'Microsoft Azure Batch' (application ddbf3205-c6bd-46ae-8127-60eb93363864) the role Contributor on it.`
  throw armError(400, 'InsufficientPermissions', text)
}

function assertVault(request: PracticeRequest, reference: unknown, subscription: string, region: string): void {
  const id = digText(reference, 'id') ?? ''
  const vault = request.store.find(id)
  const isHere = vault?.wire['location'] === region && id.toLowerCase().startsWith(`/subscriptions/${subscription}/`)
  const isRoleBased = dig(vault?.wire, 'properties', 'enableRbacAuthorization') === true
  if (isHere && !isRoleBased && digText(reference, 'url') !== undefined) return
  const reason = isRoleBased
    ? 'the vault uses role-based access; Batch needs the permission model "vault access policy"'
    : `it must name a key vault in the subscription and region of the account (${region})`
  throw armError(400, 'InvalidKeyVaultReference', `The account has an invalid key vault reference '${id}': ${reason}.`)
}

/** The auto storage of an account: a storage account in its region. @throws ArmError 400 */
export function linkedStorage(request: PracticeRequest, autoStorage: Record<string, unknown>, region: string): object {
  const id = digText(autoStorage, 'storageAccountId') ?? ''
  const storage = request.store.find(id)
  if (storage?.type !== 'Microsoft.Storage/storageAccounts' || storage.wire['location'] !== region)
    throw armError(
      400,
      'InvalidStorageAccount',
      `The specified storage account '${id}' could not be used: it must exist in ${region}.`,
    )
  return { ...autoStorage, lastKeySync: request.clock.iso() }
}

/** 400 for a value that the provider does not know. */
export function invalidBody(property: string): Error {
  return armError(400, 'InvalidRequestBody', `The value provided for '${property}' in the request body is invalid.`)
}
