import { remedies, type ErrorCode, type Remedy } from '../../shared/errors'
import type { StepId } from '../../shared/terms'

/** What the button of a red card does, and in which step's form where that is not the failed one. */
export type Cure = { does: Remedy; at?: StepId }

/** The cure of an error, or null where no button helps. */
export function cureOf(code: ErrorCode): Cure | null {
  const does = remedies[code]
  const at = places[code]
  return does && { does, ...(at ? { at } : {}) }
}

/** Where to change a value that another step than the failed one holds. */
const places: Partial<Record<ErrorCode, StepId>> = {
  'profile.invalid': 'connect.cloud',
  'token.refused-host': 'connect.cloud',
  'token.unconfirmed-host': 'connect.cloud',
  'profile.unreadable': 'connect.cloud',
  'signIn.client-missing': 'connect.cloud',
  'signIn.client-unknown': 'connect.cloud',
  'signIn.tenant-unknown': 'connect.cloud',
  'storage.no-page-blobs': 'prepare.storage',
  'account.vault-unfit': 'prepare.account',
  'quota.cores': 'pool.create',
  'quota.accounts': 'prepare.account',
  'quota.pools': 'prepare.account',
  'upload.target-foreign': 'disk.upload',
  'upload.target-missing': 'prepare.storage',
  'upload.disk-gone': 'disk.upload',
  'image.rejected': 'disk.choose',
  'image.generation-mismatch': 'image.definition',
  'image.no-replica': 'image.version',
  'cloud.subscription-disabled': 'connect.scope',
  'cloud.subscription-unknown': 'connect.scope',
  'account.private': 'prepare.account',
  'quota.subscription': 'pool.create',
  'quota.spot': 'pool.canary',
  'image.bad-size': 'disk.upload',
  'image.not-vhd': 'disk.upload',
  'image.gone': 'image.version',
  'image.trusted-launch': 'image.definition',
  'pool.size-unavailable': 'pool.create',
  'pool.too-many-nodes': 'pool.canary',
  'pool.dependency-gone': 'pool.create',
  'pool.wrong-agent': 'pool.create',
  'pool.start-task-failed': 'pool.create',
  'vm.image-unsupported': 'vm.plan',
  'vm.image-gone': 'vm.plan',
  'vm.image-plan': 'vm.plan',
  'vm.size-unavailable': 'vm.plan',
  'vm.size-generation': 'vm.plan',
  'vm.size-architecture': 'vm.plan',
  'vm.trusted-launch': 'vm.plan',
  'vm.trusted-launch-only': 'vm.plan',
  'vm.started': 'vm.deallocate',
  'vm.address-unknown': 'vm.create',
  'vm.open-to-all': 'vm.create',
}
