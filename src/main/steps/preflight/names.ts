import type { PreflightPlan, PreflightRow } from '../../../shared/preflight'
import type { StepId } from '../../../shared/terms'
import type { NameCheck } from '../../azure/accounts'
import { isMadeBy, type Tags } from '../../azure/tags'
import { valueOr, type Answer, type Answers } from './answers'

/** Whether the names of new things are free, or ours already. */
export function nameRows(run: string, plan: PreflightPlan, answers: Answers): PreflightRow[] {
  const { account, storage } = plan
  return [
    ...(account.mode === 'create'
      ? [row(run, 'Batch account', 'prepare.account', account.name, answers.account, answers.accountName)]
      : []),
    ...(storage?.mode === 'create'
      ? [row(run, 'storage account', 'prepare.storage', storage.name, answers.storage, answers.storageName)]
      : []),
  ]
}

function row(
  run: string,
  kind: string,
  step: StepId,
  name: string,
  found: Answer<{ tags: Tags } | null>,
  check: Answer<NameCheck> | null,
): PreflightRow {
  const base = { id: `name ${kind}`, family: 'names' as const, step, params: { kind, name } }
  const there = valueOr(found, null)
  if (there) {
    return isMadeBy(run, there.tags)
      ? { ...base, text: 'nameOurs', severity: 'ok' }
      : { ...base, text: 'nameTaken', severity: 'block' }
  }
  if (!check || 'error' in check) return { ...base, text: 'nameUnread', severity: 'unknown' }
  if (check.value.isFree) return { ...base, text: 'nameFree', severity: 'ok' }
  return { ...base, text: check.value.reason === 'taken' ? 'nameTaken' : 'nameInvalid', severity: 'block' }
}
