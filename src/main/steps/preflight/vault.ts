import { isSameRegion } from '../../../shared/terms'
import type { PreflightPlan, PreflightRow } from '../../../shared/preflight'
import { vaultName } from '../../../shared/preflight-plan'
import type { Vault } from '../../azure/vaults'
import { valueOr, type Answers } from './answers'

/** Secret permissions that Batch needs in the vault (batch-account-create-portal, "Create a key vault"). */
const secretRights = ['get', 'list', 'set', 'delete']

/** What an account in user subscription mode needs before it can be made: a vault of the right kind, and a role for Batch itself. */
export function vaultRows(plan: PreflightPlan, answers: Answers): PreflightRow[] {
  if (plan.account.allocationMode !== 'UserSubscription') return []
  return [vaultRow(plan, answers), principalRow(answers)]
}

function vaultRow(plan: PreflightPlan, { vault }: Answers): PreflightRow {
  const row = {
    id: 'vault',
    family: 'names' as const,
    step: 'prepare.account' as const,
    params: { name: vaultName(plan), region: plan.region },
  }
  if (!plan.account.vaultId) return { ...row, text: 'vaultUnnamed', severity: 'block' }
  if (!vault || 'error' in vault) return { ...row, text: 'vaultUnread', severity: 'unknown' }
  const found = vault.value
  if (!found) return { ...row, text: 'vaultMissing', severity: 'block' }
  if (!isHere(plan, found)) return { ...row, text: 'vaultElsewhere', severity: 'block' }
  if (found.isRoleBased) return { ...row, text: 'vaultRoleBased', severity: 'block' }
  return policyHolders(found).length > 0
    ? { ...row, text: 'vaultFits', severity: 'ok' }
    : { ...row, text: 'vaultWithoutPolicy', severity: 'warn' }
}

/**
 * The service's own identity has another object id in every tenant, which only the directory knows. Who holds the vault's
 * secrets and a fitting role on the subscription is it; when nobody has such a role, Batch has none either.
 */
function principalRow({ serviceAssignments, vault }: Answers): PreflightRow {
  const row = { id: 'batch principal', family: 'rights' as const, step: 'prepare.account' as const, params: {} }
  const assignments = valueOr(serviceAssignments, null)
  if (!assignments) return { ...row, text: 'principalUnread', severity: 'unknown' }
  if (assignments.length === 0) return { ...row, text: 'principalMissing', severity: 'block' }
  const found = valueOr(vault, null)
  const holders = found ? policyHolders(found) : []
  return assignments.some(({ principalId }) => holders.includes(principalId.toLowerCase()))
    ? { ...row, text: 'principalHolds', severity: 'ok' }
    : { ...row, text: 'principalUnsure', severity: 'unknown' }
}

/** Object ids, in lower case, that may do with the vault's secrets what Batch does. */
function policyHolders({ policies }: Vault): string[] {
  return policies
    .filter(({ secrets }) => secrets.includes('all') || secretRights.every((one) => secrets.includes(one)))
    .map(({ objectId }) => objectId.toLowerCase())
}

function isHere(plan: PreflightPlan, { id, region }: Vault): boolean {
  return (
    id.toLowerCase().startsWith(`/subscriptions/${plan.subscriptionId.toLowerCase()}/`) &&
    isSameRegion(region, plan.region)
  )
}
