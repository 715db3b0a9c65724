import type { Inputs } from '../shared/forms/forms'
import type { OutputOf } from '../shared/outputs'
import { formsOf } from '../shared/proposals'
import type { RunState } from '../shared/run'
import type { Asking } from './clouds'
import type { Scope } from './pickers'

/** What the form of a run says about its cloud. */
export function cloudForm(state: RunState): Inputs['connect.cloud'] {
  return { cloud: 'practice', ...formsOf(state)('connect.cloud') }
}

/** How a person signs in to it. */
export function methodOf(state: RunState): Inputs['connect.signIn']['method'] {
  return formsOf(state)('connect.signIn').method ?? 'browser'
}

/** A run goes on with its own account and tenant, whoever signed in to another run meanwhile. */
export function accountOf(state: RunState): Asking {
  const output = state.steps['connect.signIn'].output as OutputOf<'connect.signIn'> | undefined
  if (!output) return {}
  const { username, homeAccountId, tenantId } = output
  return { account: username, tenant: tenantId, ...(homeAccountId ? { homeAccountId } : {}) }
}

/** What pickers ask about: the forms as they stand, before and after their steps ran. */
export function scopeOf(state: RunState): Scope {
  const { subscriptionId, region, resourceGroup } = formsOf(state)('connect.scope')
  const { homeAccountId, tenant } = accountOf(state)
  const account = formsOf(state)('prepare.account')
  const { osType, generation, architecture } = formsOf(state)('image.definition')
  const found = (state.steps['disk.inspect'].output as OutputOf<'disk.inspect'> | undefined)?.os
  return {
    cloud: cloudForm(state).cloud,
    ...(homeAccountId ? { account: `${homeAccountId} ${tenant}` } : {}),
    ...(subscriptionId ? { subscriptionId } : {}),
    ...(region ? { region } : {}),
    ...(resourceGroup ? { resourceGroup } : {}),
    ...(account.name ? { batchAccount: account.name } : {}),
    ...(account.resourceGroup ? { accountGroup: account.resourceGroup } : {}),
    ...(osType ? { osType } : {}),
    ...(generation ? { generation } : {}),
    ...(architecture ? { architecture } : {}),
    ...(found?.id ? { distribution: found.id } : {}),
    ...(found?.versionId ? { version: found.versionId } : {}),
  }
}
