import type { preflight as texts } from '../../../shared/messages/en/preflight'
import type { PreflightPlan } from '../../../shared/preflight'
import type { StepId } from '../../../shared/terms'
import { accountId, galleryId, groupId, storageAccountId } from '../../azure/ids'

/** Rights that one step needs at one scope. */
export type Need = {
  /** A key of `messages.preflight.purposes`. */
  purpose: keyof typeof texts.purposes
  step: StepId
  /** Where they are needed, and where the admin would give them. */
  scope: string
  actions: string[]
  dataActions: string[]
  /** false: the run gets through without, but leaves something behind or cannot tell something. */
  isVital: boolean
}

export type NeedFacts = {
  /** false: the group is still to be made, so that rights count at the subscription. */
  hasGroup: boolean
  /** Namespaces still to be switched on. */
  unregistered: readonly string[]
  /** The container for the disk is there, so that it need not be made. */
  hasContainer: boolean
}

const batch = 'Microsoft.Batch/batchAccounts'
const storage = 'Microsoft.Storage/storageAccounts'
const containers = `${storage}/blobServices/containers`
const galleries = 'Microsoft.Compute/galleries'
const disks = 'Microsoft.Compute/disks'
const machines = 'Microsoft.Compute/virtualMachines'
const network = 'Microsoft.Network'

/** The list of what the run will do, action by action, from what is planned (roles and actions: batch-role-based-access-control). */
export function needsOf(plan: PreflightPlan, facts: NeedFacts): Need[] {
  const subscription = `/subscriptions/${plan.subscriptionId}`
  const run = facts.hasGroup ? groupId(plan.subscriptionId, plan.resourceGroup) : subscription
  const scopes = {
    account: scopeOf(plan.account, run, (group, name) => accountId(groupId(plan.subscriptionId, group), name)),
    gallery: scopeOf(plan.gallery, run, (group, name) => galleryId(groupId(plan.subscriptionId, group), name)),
  }
  return [
    ...subscriptionNeeds(plan, facts, subscription),
    ...accountNeeds(plan, scopes.account),
    ...uploadNeeds(plan, facts, run),
    ...imageNeeds(plan, scopes.gallery),
  ]
}

function subscriptionNeeds(plan: PreflightPlan, facts: NeedFacts, scope: string): Need[] {
  return [
    ...(facts.unregistered.length > 0
      ? [
          need('register', 'prepare.preflight', scope, {
            actions: facts.unregistered.map((namespace) => `${namespace}/register/action`),
          }),
        ]
      : []),
    ...(facts.hasGroup
      ? []
      : [
          need('group', 'prepare.preflight', scope, {
            actions: ['Microsoft.Resources/subscriptions/resourceGroups/write'],
          }),
        ]),
    // Without it a size that Batch lacks is told by Batch itself, later.
    need('sizes', 'pool.create', scope, {
      actions: ['Microsoft.Batch/locations/virtualMachineSkus/read'],
      isVital: false,
    }),
  ]
}

function accountNeeds(plan: PreflightPlan, scope: string): Need[] {
  const isNew = plan.account.mode === 'create'
  return [
    isNew
      ? need('accountCreate', 'prepare.account', scope, { actions: [`${batch}/read`, `${batch}/write`] })
      : need('accountRead', 'prepare.account', scope, { actions: [`${batch}/read`] }),
    ...(plan.account.vaultId
      ? [need('vault', 'prepare.account', plan.account.vaultId, { actions: ['Microsoft.KeyVault/vaults/read'] })]
      : []),
    need('pool', 'pool.create', scope, { actions: [`${batch}/pools/read`, `${batch}/pools/write`] }),
  ]
}

function uploadNeeds(plan: PreflightPlan, facts: NeedFacts, run: string): Need[] {
  const { storage: account } = plan
  // The build VM's group is its own, and still to be made.
  if (plan.build) return buildNeeds(`/subscriptions/${plan.subscriptionId}`)
  if (!account) return diskNeeds(run)
  const scope = scopeOf(account, run, (group, name) => storageAccountId(groupId(plan.subscriptionId, group), name))
  return storageNeeds(account.mode === 'create', facts, scope)
}

/** Microsoft Learn, "Upload a VHD to Azure": the disk, and the address that its bytes are sent to. */
function diskNeeds(scope: string): Need[] {
  return [
    need('diskUpload', 'disk.upload', scope, {
      actions: [`${disks}/read`, `${disks}/write`, `${disks}/beginGetAccess/action`, `${disks}/endGetAccess/action`],
    }),
    need('diskRemove', 'finish.cleanup', scope, { actions: [`${disks}/delete`], isVital: false }),
  ]
}

/** Microsoft Learn, "Virtual Machine Contributor" and "Network Contributor": what of them a build VM needs. */
function buildNeeds(scope: string): Need[] {
  return [
    need('buildGroup', 'vm.create', scope, { actions: ['Microsoft.Resources/subscriptions/resourceGroups/write'] }),
    need('buildNetwork', 'vm.create', scope, {
      actions: [
        `${network}/virtualNetworks/write`,
        `${network}/virtualNetworks/subnets/join/action`,
        `${network}/networkSecurityGroups/write`,
        `${network}/networkSecurityGroups/join/action`,
        `${network}/networkSecurityGroups/securityRules/write`,
        `${network}/networkSecurityGroups/securityRules/delete`,
        `${network}/publicIPAddresses/write`,
        `${network}/publicIPAddresses/join/action`,
        `${network}/networkInterfaces/write`,
        `${network}/networkInterfaces/join/action`,
      ],
    }),
    need('buildVm', 'vm.create', scope, {
      actions: [`${machines}/read`, `${machines}/write`, `${machines}/instanceView/read`, `${disks}/write`],
    }),
    need('buildMark', 'vm.mark', scope, {
      actions: [`${machines}/deallocate/action`, `${machines}/generalize/action`],
    }),
    // Without it the first session asks whether the host key is the right one.
    need('buildLog', 'vm.create', scope, {
      actions: [`${machines}/retrieveBootDiagnosticsData/action`],
      isVital: false,
    }),
    need('buildSnapshot', 'vm.snapshot', scope, {
      actions: ['Microsoft.Compute/snapshots/read', 'Microsoft.Compute/snapshots/write'],
      isVital: false,
    }),
    need('buildRemove', 'finish.cleanup', scope, {
      actions: [
        'Microsoft.Resources/subscriptions/resourceGroups/delete',
        `${machines}/delete`,
        `${disks}/delete`,
        `${network}/networkInterfaces/delete`,
        `${network}/publicIPAddresses/delete`,
        `${network}/networkSecurityGroups/delete`,
        `${network}/virtualNetworks/delete`,
      ],
      isVital: false,
    }),
  ]
}

function storageNeeds(isNew: boolean, { hasContainer }: NeedFacts, scope: string): Need[] {
  const container = [`${containers}/read`, ...(hasContainer ? [] : [`${containers}/write`])]
  return [
    need(isNew ? 'storageCreate' : 'storageRead', 'prepare.storage', scope, {
      actions: [`${storage}/read`, ...(isNew ? [`${storage}/write`] : []), ...container],
    }),
    // Microsoft Learn, "Authorize access to blobs": what Put Blob, Put Page and Get Page Ranges need.
    need('upload', 'disk.upload', scope, { dataActions: [`${containers}/blobs/read`, `${containers}/blobs/write`] }),
    // The compute provider reads the blob in the name of whoever makes the version.
    need('source', 'image.version', scope, { actions: [`${storage}/listKeys/action`] }),
    need('uploadRemove', 'finish.cleanup', scope, { dataActions: [`${containers}/blobs/delete`], isVital: false }),
  ]
}

function imageNeeds(plan: PreflightPlan, scope: string): Need[] {
  const isNew = plan.gallery.mode === 'create'
  const image = `${galleries}/images`
  return [
    isNew
      ? need('galleryCreate', 'image.gallery', scope, { actions: [`${galleries}/read`, `${galleries}/write`] })
      : need('galleryRead', 'image.gallery', scope, { actions: [`${galleries}/read`] }),
    need('image', 'image.version', scope, {
      actions: [`${image}/read`, `${image}/write`, `${image}/versions/read`, `${image}/versions/write`],
    }),
    // Reader is not enough: MicrosoftDocs/azure-docs, batch-sig-images.
    need('imageUse', 'pool.create', scope, { actions: ['Microsoft.Compute/disks/beginGetAccess/action'] }),
  ]
}

function scopeOf(
  one: { mode: 'choose' | 'create'; name: string; resourceGroup: string },
  run: string,
  idOf: (group: string, name: string) => string,
): string {
  return one.mode === 'choose' && one.resourceGroup && one.name ? idOf(one.resourceGroup, one.name) : run
}

function need(
  purpose: Need['purpose'],
  step: StepId,
  scope: string,
  given: { actions?: string[]; dataActions?: string[]; isVital?: boolean },
): Need {
  return { purpose, step, scope, actions: [], dataActions: [], isVital: true, ...given }
}
