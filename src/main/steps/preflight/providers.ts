import type { PreflightPlan, PreflightRow } from '../../../shared/preflight'
import { valueOr, type Answer } from './answers'

/** Namespaces that a run uses. */
export function namespacesOf({ account, build }: PreflightPlan): string[] {
  const network = build ? ['Microsoft.Network'] : []
  const vault = account.allocationMode === 'UserSubscription' ? ['Microsoft.KeyVault'] : []
  return ['Microsoft.Batch', 'Microsoft.Compute', 'Microsoft.Storage', ...network, ...vault]
}

/** Those that are known not to be switched on. */
export function unregisteredOf(providers: Record<string, Answer<string>>): string[] {
  return Object.keys(providers).filter((name) => valueOr(providers[name]!, 'Registered') !== 'Registered')
}

/** `mayRegister`: the person allows it. Whether the cloud allows it is told with the rights. */
export function providerRows(providers: Record<string, Answer<string>>, mayRegister: boolean): PreflightRow[] {
  return Object.entries(providers).map(([name, answer]): PreflightRow => {
    const row = {
      id: `provider ${name}`,
      family: 'providers' as const,
      step: 'prepare.preflight' as const,
      params: { name },
    }
    if ('error' in answer) return { ...row, text: 'providerUnread', severity: 'unknown' }
    if (answer.value === 'Registered') return { ...row, text: 'providerOn', severity: 'ok' }
    if (answer.value === 'Registering') return { ...row, text: 'providerComing', severity: 'warn' }
    return mayRegister
      ? { ...row, text: 'providerToRegister', severity: 'warn' }
      : { ...row, text: 'providerOff', severity: 'block' }
  })
}
