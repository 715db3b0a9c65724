import type { Inputs } from './forms/forms'
import type { OutputOf } from './outputs'
import type { PreflightPlan } from './preflight'
import { isUnneeded } from './needs'
import { formsOf } from './proposals'
import type { RunState } from './run'
import { regionKey, resourceName } from './terms'

/** What the preflight reads: forms as they stand, filled in or proposed, before and after their steps ran. Pure. */
export function planOf(state: RunState): PreflightPlan {
  const form = formsOf(state)
  const scope = form('connect.scope')
  const group = scope.resourceGroup ?? ''
  const account = form('prepare.account')
  const storage = form('prepare.storage')
  const gallery = form('image.gallery')
  const pool = form('pool.create')
  const canary = form('pool.canary')
  return {
    subscriptionId: scope.subscriptionId ?? '',
    region: regionKey(scope.region ?? ''),
    resourceGroup: group,
    account: {
      ...placed(account, group),
      allocationMode: account.mode === 'create' ? (account.allocationMode ?? 'BatchService') : 'BatchService',
      vaultId: account.mode === 'create' && account.allocationMode === 'UserSubscription' ? (account.vault ?? '') : '',
    },
    storage: isUnneeded('prepare.storage', state)
      ? null
      : { ...placed(storage, group), container: storage.container ?? 'vhds' },
    ...buildOf(state),
    gallery: placed(gallery, group),
    version: { regions: (form('image.version').regions ?? []).map(({ name }) => regionKey(name)) },
    pool: {
      vmSize: pool.vmSize ?? '',
      nodeAgentSku: pool.nodeAgentSku ?? '',
      generation: form('image.definition').generation ?? 'V2',
      dedicated: Math.max(1, canary.dedicated ?? 1),
      spot: canary.spot ?? 0,
      ...systemOf(state),
    },
  }
}

function buildOf(state: RunState): Pick<PreflightPlan, 'build'> {
  if (state.recipe !== 'from-vm') return {}
  const form = formsOf(state)
  return { build: { vmSize: form('vm.plan').vmSize ?? '', resourceGroup: form('vm.create').resourceGroup ?? '' } }
}

function systemOf(state: RunState): Pick<PreflightPlan['pool'], 'system'> {
  const { id, versionId } = (state.steps['disk.inspect'].output as OutputOf<'disk.inspect'> | undefined)?.os ?? {}
  return id && versionId ? { system: { distribution: id, version: versionId } } : {}
}

/** The vault of a plan as people call it; '' without one. */
export function vaultName({ account }: PreflightPlan): string {
  return resourceName(account.vaultId)
}

/** A chosen one may lie in a group of its own, a new one is made in the group of the run. */
function placed(form: Partial<Inputs['prepare.storage' | 'image.gallery' | 'prepare.account']>, group: string) {
  const mode = form.mode ?? 'create'
  return { mode, name: form.name ?? '', resourceGroup: mode === 'choose' ? (form.resourceGroup ?? '') : group }
}
