import type { NameAnswer } from '../shared/contract'
import { AppError } from '../shared/errors'
import { forms } from '../shared/forms/forms'
import { formsOf } from '../shared/proposals'
import { applyEntry } from '../shared/replay'
import type { RunState } from '../shared/run'
import type { StepId } from '../shared/terms'
import { isThing, occupies, thingsOf, type FormOf } from '../shared/things'
import { checkAccountName, getAccount } from './azure/accounts'
import type { Cloud } from './azure/cloud'
import { getGallery } from './azure/galleries'
import { getDefinition } from './azure/image-definitions'
import { getVersion } from './azure/image-versions'
import { getGroup } from './azure/groups'
import { getPool, isPoolMadeBy } from './azure/pools'
import { checkStorageName, getStorageAccount } from './azure/storage'
import { isMadeBy } from './azure/tags'
import { getVm } from './azure/vms'

type Is = NameAnswer['is']
type Ask = (cloud: Cloud, form: FormOf, id: string, run: string, signal: AbortSignal) => Promise<Is>
type Named =
  | 'connect.scope'
  | 'prepare.account'
  | 'prepare.storage'
  | 'vm.create'
  | 'image.gallery'
  | 'image.definition'
  | 'image.version'
  | 'pool.create'

const fields: Partial<Record<StepId, string>> = { 'connect.scope': 'resourceGroup', 'image.version': 'version' }
/** How many names like the wanted one are tried for one that is free. */
const mostTries = 5
const wholeLimitMs = 8_000

/** The state as if a form had been saved. */
export function withInput(state: RunState, step: StepId, input: Record<string, unknown>): RunState {
  return applyEntry(state, { v: 1, seq: 0, at: state.updatedAt, kind: 'input', step, input })
}

/**
 * Whether the name in a form of `state` can be had, and a free one like it where it cannot. Sends nothing for a name that breaks
 * the rules. Never throws: what cannot be asked is `unknown`.
 */
export async function checkName(
  cloudOf: () => Promise<Cloud>,
  state: RunState,
  step: StepId,
  signal: AbortSignal,
): Promise<NameAnswer> {
  if (!isNamed(step)) return { is: 'unknown' }
  const limited = AbortSignal.any([signal, AbortSignal.timeout(wholeLimitMs)])
  try {
    const is = await answerOf(await cloudOf(), state, step, limited)
    if (is !== 'taken') return { is }
    const free = await freeName(await cloudOf(), state, step, limited)
    return { is, ...(free ? { free } : {}) }
  } catch (error) {
    if (error instanceof AppError || limited.aborted) return { is: 'unknown' }
    throw error
  }
}

async function freeName(cloud: Cloud, state: RunState, step: Named, signal: AbortSignal): Promise<string | null> {
  const field = fields[step] ?? 'name'
  const wanted = String(formsOf(state)(step)[field as never])
  for (let n = 2; n < 2 + mostTries; n++) {
    const name = step === 'image.version' ? laterVersion(wanted, n - 1) : variant(step, wanted, n)
    const other = withInput(state, step, { ...state.steps[step].input, [field]: name })
    if ((await answerOf(cloud, other, step, signal)) === 'free') return name
  }
  return null
}

async function answerOf(cloud: Cloud, state: RunState, step: Named, signal: AbortSignal): Promise<Is> {
  const form = formsOf(state)
  const field = fields[step] ?? 'name'
  const problems = forms[step].safeParse(form(step)).error?.issues ?? []
  if (problems.some(({ path }) => path[0] === field)) return 'refused'
  // The group is made after the preflight, and by the name in this form.
  const [thing] = thingsOf(step === 'connect.scope' ? 'prepare.preflight' : step, form, state)
  if (!thing) return 'there'
  const is = await asks[step](cloud, form, thing.id, state.id, signal)
  // Made by this run, but for another region, disk or size: the name is gone all the same.
  const isOther = state.resources.some((resource) => occupies(resource, thing) && !isThing(resource, thing))
  return is === 'yours' && isOther ? 'taken' : is
}

const asks: Record<Named, Ask> = {
  async 'connect.scope'(cloud, _form, id, run, signal) {
    const found = await getGroup(cloud, id, signal)
    if (!found) return 'free'
    return isMadeBy(run, found.tags) ? 'yours' : 'there'
  },
  async 'prepare.account'(cloud, form, id, run, signal) {
    const found = await getAccount(cloud, id, signal)
    if (found) return isMadeBy(run, found.tags) ? 'yours' : 'taken'
    const { subscriptionId = '', region = '' } = form('connect.scope')
    const { name = '' } = form('prepare.account')
    return isFromCheck(await checkAccountName(cloud, subscriptionId, region, name, signal))
  },
  async 'prepare.storage'(cloud, form, id, run, signal) {
    const found = await getStorageAccount(cloud, id, signal)
    if (found) return isMadeBy(run, found.tags) ? 'yours' : 'taken'
    const { name = '' } = form('prepare.storage')
    return isFromCheck(await checkStorageName(cloud, form('connect.scope').subscriptionId ?? '', name, signal))
  },
  async 'vm.create'(cloud, _form, id, run, signal) {
    return ownOrTaken(run, await getVm(cloud, id, signal))
  },
  async 'image.gallery'(cloud, _form, id, run, signal) {
    return ownOrTaken(run, await getGallery(cloud, id, signal))
  },
  async 'image.definition'(cloud, form, id, run, signal) {
    const found = await getDefinition(cloud, id, signal)
    if (!found || isMadeBy(run, found.tags)) return found ? 'yours' : 'free'
    // One that says the same about the image takes another version.
    const { osType, generation, architecture } = form('image.definition')
    const isFitting = found.osType === osType && found.generation === generation && found.architecture === architecture
    return isFitting && found.isGeneralized ? 'there' : 'taken'
  },
  async 'image.version'(cloud, _form, id, run, signal) {
    return ownOrTaken(run, await getVersion(cloud, id, signal))
  },
  async 'pool.create'(cloud, _form, id, run, signal) {
    const found = await getPool(cloud, id, signal)
    if (!found) return 'free'
    return isPoolMadeBy(run, found) ? 'yours' : 'taken'
  },
}

function ownOrTaken(run: string, found: { tags: Record<string, string> } | null): Is {
  if (!found) return 'free'
  return isMadeBy(run, found.tags) ? 'yours' : 'taken'
}

function isFromCheck({ isFree, reason }: { isFree: boolean; reason: 'taken' | 'invalid' | null }): Is {
  if (isFree) return 'free'
  return reason === 'taken' ? 'taken' : 'refused'
}

/** Joined as the kind allows it; accounts take 24 characters at most. */
function variant(step: Named, name: string, n: number): string {
  if (step === 'prepare.account' || step === 'prepare.storage') return `${name.slice(0, 24 - String(n).length)}${n}`
  return `${name}${step === 'image.gallery' ? '_' : '-'}${n}`
}

function laterVersion(version: string, by: number): string {
  const [major, minor, patch] = version.split('.')
  return `${major}.${minor}.${Number(patch) + by}`
}

function isNamed(step: StepId): step is Named {
  return Object.hasOwn(asks, step)
}
