import { AppError } from '../../shared/errors'
import { parseResourceId } from '../../shared/terms'

/** Full resource ids: what nouns are called by, and what the journal writes down. */
export function groupId(subscriptionId: string, resourceGroup: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
}

export function accountId(group: string, name: string): string {
  return `${group}/providers/Microsoft.Batch/batchAccounts/${name}`
}

export function poolId(account: string, name: string): string {
  return `${account}/pools/${name}`
}

export function storageAccountId(group: string, name: string): string {
  return `${group}/providers/Microsoft.Storage/storageAccounts/${name}`
}

export function diskId(group: string, name: string): string {
  return `${group}/providers/Microsoft.Compute/disks/${name}`
}

export function snapshotId(group: string, name: string): string {
  return `${group}/providers/Microsoft.Compute/snapshots/${name}`
}

export function galleryId(group: string, name: string): string {
  return `${group}/providers/Microsoft.Compute/galleries/${name}`
}

export function definitionId(gallery: string, name: string): string {
  return `${gallery}/images/${name}`
}

export function versionId(definition: string, version: string): string {
  return `${definition}/versions/${version}`
}

export type IdParts = { subscriptionId: string; resourceGroup: string; names: [string, ...string[]] }

/** Subscription, group and the names below the provider (for a group: its own name). Throws `input.invalid`. */
export function partsOf(id: string): IdParts {
  const parsed = parseResourceId(id)
  if (!parsed?.resourceGroup)
    throw new AppError('input.invalid', { fields: 'id' }, { message: `no resource id: ${id}` })
  const [first = parsed.resourceGroup, ...rest] = parsed.path.map((part) => part.name)
  return { subscriptionId: parsed.subscriptionId, resourceGroup: parsed.resourceGroup, names: [first, ...rest] }
}
