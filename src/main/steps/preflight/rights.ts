import type { PreflightRow } from '../../../shared/preflight'
import { isGranted, type Permission } from '../../../shared/rights'
import { resourceName } from '../../../shared/terms'
import type { Answer } from './answers'
import type { Need } from './needs'

/** One row per need: what of it nobody has given. Rights that could not be read are unknown, never missing. */
export function rightsRows(
  needs: readonly Need[],
  permissions: Record<string, Answer<Permission[]>>,
  subscriptionName: string,
): PreflightRow[] {
  return needs.map((need) => {
    const answer = permissions[need.scope]
    const row = {
      id: `right ${need.purpose}`,
      family: 'rights' as const,
      step: need.step,
      params: { purpose: need.purpose, scope: scopeName(need.scope, subscriptionName) },
    }
    if (!answer || 'error' in answer) return { ...row, text: 'rightUnread', severity: 'unknown' }
    const actions = need.actions.filter((action) => !isGranted(answer.value, action, 'action'))
    const dataActions = need.dataActions.filter((action) => !isGranted(answer.value, action, 'data action'))
    if (actions.length + dataActions.length === 0) return { ...row, text: 'rightHeld', severity: 'ok' }
    return {
      ...row,
      text: 'rightMissing',
      severity: need.isVital ? 'block' : 'warn',
      missing: { scope: need.scope, actions, dataActions },
    }
  })
}

/** What people call a scope. */
function scopeName(scope: string, subscriptionName: string): string {
  return /^\/subscriptions\/[^/]+$/i.test(scope) ? subscriptionName : resourceName(scope)
}
