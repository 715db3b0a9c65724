import type { PreflightPlan, PreflightRow } from '../../../shared/preflight'
import { valueOr, type Answers } from './answers'
import { nameRows } from './names'
import { needsOf, type Need } from './needs'
import { providerRows, unregisteredOf } from './providers'
import { quotaRows } from './quotas'
import { regionRows } from './regions'
import { retirementRows, type Known } from './retirements'
import { rightsRows } from './rights'
import { vaultRows } from './vault'

export type Judging = {
  run: string
  plan: PreflightPlan
  subscriptionName: string
  /** The person allows to switch services on. */
  mayRegister: boolean
  known: Known
  /** The moment of the look: what has ended by then. */
  at: Date
}

/** Every check of a plan against what the cloud said. Pure. */
export function judge(
  { run, plan, subscriptionName, mayRegister, known, at }: Judging,
  answers: Answers,
): PreflightRow[] {
  return [
    ...providerRows(answers.providers, mayRegister),
    ...rightsRows(needsFor(plan, answers), answers.permissions, subscriptionName),
    ...vaultRows(plan, answers),
    ...quotaRows(plan, answers),
    ...regionRows(plan, answers),
    ...nameRows(run, plan, answers),
    ...retirementRows(plan, answers, known, at),
  ]
}

/** What the plan needs, by what is there already. What could not be read counts as not there: its rights are asked for. */
export function needsFor(
  plan: PreflightPlan,
  answers: Pick<Answers, 'providers' | 'hasGroup' | 'hasContainer'>,
): Need[] {
  return needsOf(plan, {
    hasGroup: valueOr(answers.hasGroup, false),
    unregistered: unregisteredOf(answers.providers),
    hasContainer: valueOr(answers.hasContainer, false),
  })
}
