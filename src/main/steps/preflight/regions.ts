import type { PreflightPlan, PreflightRow } from '../../../shared/preflight'
import { isSameRegion, type StepId } from '../../../shared/terms'
import { valueOr, type Answer, type Answers } from './answers'

/** Everything of a run lies in one region (items S10 and S45 of the article), and what was chosen must exist and be usable. */
export function regionRows(plan: PreflightPlan, answers: Answers): PreflightRow[] {
  return [
    ...(plan.account.mode === 'choose'
      ? [chosen('Batch account', 'prepare.account', plan, plan.account.name, answers.account)]
      : []),
    ...(plan.storage?.mode === 'choose' ? storageRows(plan, plan.storage.name, answers) : []),
    ...(plan.gallery.mode === 'choose'
      ? [chosen('gallery', 'image.gallery', plan, plan.gallery.name, answers.gallery)]
      : []),
    versionRow(plan, answers),
  ]
}

type Placed = { name: string; region: string }

function chosen(
  kind: string,
  step: StepId,
  { region }: PreflightPlan,
  name: string,
  answer: Answer<Placed | null>,
): PreflightRow {
  const row = { id: `region ${kind}`, family: 'regions' as const, step, params: { kind, name, wanted: region } }
  if ('error' in answer) return { ...row, text: 'placeUnread', severity: 'unknown' }
  if (!answer.value) return { ...row, text: 'placeMissing', severity: 'block' }
  const params = { ...row.params, region: answer.value.region }
  return isSameRegion(answer.value.region, region)
    ? { ...row, params, text: 'placeRight', severity: 'ok' }
    : { ...row, params, text: 'placeWrong', severity: 'block' }
}

function storageRows(plan: PreflightPlan, name: string, { storage }: Answers): PreflightRow[] {
  const place = chosen('storage account', 'prepare.storage', plan, name, storage)
  const account = valueOr(storage, null)
  if (!account) return [place]
  const row = {
    id: 'storage page blobs',
    family: 'regions' as const,
    step: 'prepare.storage' as const,
    params: { name: account.name },
  }
  return [
    place,
    account.takesPageBlobs
      ? { ...row, text: 'storageFits', severity: 'ok' }
      : { ...row, text: 'storageWithoutPages', severity: 'block' },
  ]
}

function versionRow(plan: PreflightPlan, { account }: Answers): PreflightRow {
  const region = valueOr(account, null)?.region ?? plan.region
  const row = {
    id: 'region version',
    family: 'regions' as const,
    step: 'image.version' as const,
    params: { region, regions: plan.version.regions.join(', ') },
  }
  return plan.version.regions.some((one) => isSameRegion(one, region))
    ? { ...row, text: 'versionCovers', severity: 'ok' }
    : { ...row, text: 'versionLacks', severity: 'block' }
}
