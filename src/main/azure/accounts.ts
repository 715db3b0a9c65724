import type { BatchAccount as ArmAccount } from '@azure/arm-batch'
import { resourceName, type AllocationMode } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking, collect, orNull } from './errors'
import { partsOf } from './ids'
import { noting, type Accepted } from './operations'
import { deleteOne } from './requests'
import { tagsOf, type Tags } from './tags'

export type Account = {
  id: string
  name: string
  region: string
  /** `https://` and the account's own host; where the data plane answers. */
  endpoint: string
  allocationMode: AllocationMode
  /** Invalid, Creating, Deleting, Succeeded, Failed, Cancelled. */
  state: string
  quota: AccountQuota
  tags: Tags
}
/** Cores and counts the account may use. null: the service did not say (quotas of the subscription apply). */
export type AccountQuota = {
  dedicatedCores: number | null
  spotCores: number | null
  pools: number | null
  /** Cores per VM family, keyed by family in lower case; only binding where `isPerFamily`. */
  families: Record<string, number>
  isPerFamily: boolean
}
export type NameCheck = { isFree: boolean; reason: 'taken' | 'invalid' | null; message: string }
/** A VM size Batch offers in a region. Numbers are null where the service does not say. */
export type VmSize = {
  name: string
  family: string
  cores: number | null
  memoryGb: number | null
  /** Temporary disk of the node, in GiB; 0 where it has none. */
  localDiskGb: number | null
  generations: ('V1' | 'V2')[]
  architecture: 'x64' | 'Arm64'
}

export async function listAccounts(cloud: Cloud, subscriptionId: string, signal?: AbortSignal): Promise<Account[]> {
  return asking(async () => {
    const client = await cloud.batch(subscriptionId)
    return collect(client.batchAccountOperations.list({ ...(signal && { abortSignal: signal }) }), accountFrom)
  })
}

export async function getAccount(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Account | null> {
  return orNull(async () => accountFrom(await readAccount(cloud, id, signal)))
}

/** Whether a Batch account of this name can be made in a region. */
export async function checkAccountName(
  cloud: Cloud,
  subscriptionId: string,
  region: string,
  name: string,
  signal?: AbortSignal,
): Promise<NameCheck> {
  return asking(async () => {
    const client = await cloud.batch(subscriptionId)
    const question = { name, type: 'Microsoft.Batch/batchAccounts' as const }
    const answer = await client.location.checkNameAvailability(region, question, {
      ...(signal && { abortSignal: signal }),
    })
    return nameCheck(answer)
  })
}

/** Sends the creation of an account that takes Entra tokens only; wait by `getAccount` until its state is Succeeded. */
export async function createAccount(
  cloud: Cloud,
  id: string,
  spec: { region: string; allocationMode: AllocationMode; vault?: { id: string; url: string }; run: string },
  signal?: AbortSignal,
): Promise<Accepted> {
  const { accepted, options } = noting(signal)
  const at = partsOf(id)
  const context = { params: { region: spec.region, ...(spec.vault ? { vault: resourceName(spec.vault.id) } : {}) } }
  await asking(async () => {
    const client = await cloud.batch(at.subscriptionId)
    const body = {
      location: spec.region,
      tags: tagsOf(spec.run),
      poolAllocationMode: spec.allocationMode,
      ...(spec.vault ? { keyVaultReference: spec.vault } : {}),
      allowedAuthenticationModes: ['AAD' as const],
    }
    await client.batchAccountOperations.beginCreate(at.resourceGroup, at.names[0], body, options)
  }, context)
  return accepted
}

/** Returns when the deletion is accepted. An account already gone is no error. */
export async function deleteAccount(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const client = await cloud.batch(at.subscriptionId)
    await client.batchAccountOperations.beginDelete(at.resourceGroup, at.names[0], options)
  })
}

/** Throws AppError, `cloud.not-found` included. */
export async function accountQuota(cloud: Cloud, id: string, signal?: AbortSignal): Promise<AccountQuota> {
  return asking(async () => quotaFrom(await readAccount(cloud, id, signal)))
}

/** How many Batch accounts a subscription may have in a region. */
export async function locationQuota(
  cloud: Cloud,
  subscriptionId: string,
  region: string,
  signal?: AbortSignal,
): Promise<{ accounts: number | null }> {
  return asking(async () => {
    const client = await cloud.batch(subscriptionId)
    const quota = await client.location.getQuotas(region, { ...(signal && { abortSignal: signal }) })
    return { accounts: quota.accountQuota ?? null }
  })
}

/** VM sizes Batch supports in a region, smallest first. */
export async function listSizes(
  cloud: Cloud,
  subscriptionId: string,
  region: string,
  signal?: AbortSignal,
): Promise<VmSize[]> {
  return asking(async () => {
    const client = await cloud.batch(subscriptionId)
    const skus = client.location.listSupportedVirtualMachineSkus(region, { ...(signal && { abortSignal: signal }) })
    const sizes = await collect(skus, (sku) => {
      const able = new Map((sku.capabilities ?? []).map((it) => [it.name ?? '', it.value ?? '']))
      return {
        name: sku.name ?? '',
        family: sku.familyName ?? '',
        cores: numberOrNull(able.get('vCPUs')),
        memoryGb: numberOrNull(able.get('MemoryGB')),
        localDiskGb: gibibytes(numberOrNull(able.get('MaxResourceVolumeMB'))),
        // A size that says nothing boots the older generation, as every size did before the field existed.
        generations: generationsFrom(able.get('HyperVGenerations') ?? 'V1'),
        architecture: able.get('CpuArchitectureType') === 'Arm64' ? ('Arm64' as const) : ('x64' as const),
      }
    })
    return sizes.sort((a, b) => (a.cores ?? 0) - (b.cores ?? 0) || a.name.localeCompare(b.name, 'en'))
  })
}

export function nameCheck(answer: { nameAvailable?: boolean; reason?: string; message?: string }): NameCheck {
  if (answer.nameAvailable) return { isFree: true, reason: null, message: '' }
  const reason = answer.reason === 'AlreadyExists' ? 'taken' : 'invalid'
  return { isFree: false, reason, message: answer.message ?? '' }
}

async function readAccount(cloud: Cloud, id: string, signal?: AbortSignal): Promise<ArmAccount> {
  const at = partsOf(id)
  const client = await cloud.batch(at.subscriptionId)
  return client.batchAccountOperations.get(at.resourceGroup, at.names[0], { ...(signal && { abortSignal: signal }) })
}

function accountFrom(account: ArmAccount): Account {
  return {
    id: account.id ?? '',
    name: account.name ?? '',
    region: account.location ?? '',
    endpoint: account.accountEndpoint ? `https://${account.accountEndpoint}` : '',
    allocationMode: account.poolAllocationMode === 'UserSubscription' ? 'UserSubscription' : 'BatchService',
    state: account.provisioningState ?? '',
    quota: quotaFrom(account),
    tags: account.tags ?? {},
  }
}

function quotaFrom(account: ArmAccount): AccountQuota {
  const families = account.dedicatedCoreQuotaPerVMFamily ?? []
  return {
    dedicatedCores: account.dedicatedCoreQuota ?? null,
    spotCores: account.lowPriorityCoreQuota ?? null,
    pools: account.poolQuota ?? null,
    families: Object.fromEntries(families.map((it) => [(it.name ?? '').toLowerCase(), it.coreQuota ?? 0])),
    isPerFamily: account.dedicatedCoreQuotaPerVMFamilyEnforced ?? false,
  }
}

function generationsFrom(text: string): ('V1' | 'V2')[] {
  return (['V1', 'V2'] as const).filter((generation) => text.split(',').includes(generation))
}

function gibibytes(mebibytes: number | null): number | null {
  return mebibytes === null ? null : Math.round(mebibytes / 1024)
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined || Number.isNaN(Number(text)) ? null : Number(text)
}
