import type { ErrorData } from '../../../shared/errors'
import type { Permission } from '../../../shared/rights'
import type { Account, AccountQuota, NameCheck, VmSize } from '../../azure/accounts'
import type { BuildSize } from '../../azure/compute-sizes'
import type { Gallery } from '../../azure/galleries'
import type { SupportedImage } from '../../azure/nodes'
import type { StorageAccount } from '../../azure/storage'
import type { Usage } from '../../azure/usages'
import type { Vault } from '../../azure/vaults'
import type { ServiceAssignment } from '../../azure/role-assignments'

/** What the cloud said to one question, or why it could not be asked. */
export type Answer<T> = { value: T } | { error: ErrorData }

/** All that the checks know of the cloud. null: was not asked, because the plan does not need it. */
export type Answers = {
  /** Registration state per namespace. */
  providers: Record<string, Answer<string>>
  hasGroup: Answer<boolean>
  /** By scope, as asked for. */
  permissions: Record<string, Answer<Permission[]>>
  account: Answer<Pick<Account, 'id' | 'name' | 'region' | 'allocationMode' | 'tags'> | null>
  accountQuota: Answer<AccountQuota> | null
  /** Of the account's other pools. */
  poolsInUse: Answer<PoolsInUse> | null
  /** Accounts in the region: how many there are and may be. */
  accountsInRegion: Answer<{ used: number; limit: number | null }> | null
  accountName: Answer<NameCheck> | null
  sizes: Answer<VmSize[]>
  usages: Answer<Usage[]> | null
  /** For the build VM: what sizes there are, and whether this run has made it already. */
  buildSizes: Answer<BuildSize[]> | null
  hasBuildVm: Answer<boolean> | null
  storage: Answer<StorageAccount | null>
  hasContainer: Answer<boolean> | null
  storageName: Answer<NameCheck> | null
  gallery: Answer<Gallery | null>
  vault: Answer<Vault | null> | null
  serviceAssignments: Answer<ServiceAssignment[]> | null
  /** Of the account, or of another one in the region. */
  supportedImages: Answer<SupportedImage[]> | null
}

export type PoolsInUse = { count: number; pools: { vmSize: string; dedicated: number; spot: number }[] }

/** The value that was read, or `otherwise` where it could not be. */
export function valueOr<T, Otherwise>(answer: Answer<T> | null, otherwise: Otherwise): T | Otherwise {
  return answer && 'value' in answer ? answer.value : otherwise
}
