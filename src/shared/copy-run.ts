import { proposals } from './proposals'
import { isSameData, replay } from './replay'
import type { RunState } from './run'
import { recipes, regionKey, runNameLimit, type StepId } from './terms'

/** What a copy begins with. */
export type Copy = {
  inputs: Partial<Record<StepId, Record<string, unknown>>>
  /** What belongs to the cloud of the first run and is to be chosen anew. */
  anew: { step: StepId; field: string; was: string }[]
  /** Names that a person typed for things that the first run made or would make. */
  typedNames: { step: StepId; field: string; name: string }[]
}
export type CopyInto = {
  id: string
  name: string
  /** Another cloud than that of the first run; absent: the same. */
  cloud?: string
  /** Names that a person typed are taken over although they may be taken by now. */
  keepNames: boolean
}

type Form = Record<string, unknown>

/**
 * Inputs for a copy of a run: what was filled in, nothing of what came out. Names of things to be made are proposed anew; what
 * would be proposed in the copy as well is left to the proposal, so that it follows when something else is changed. Pure.
 */
export function copyOf(state: RunState, into: CopyInto): Copy {
  const copy: Copy = { inputs: {}, anew: [], typedNames: [] }
  const begun = replay([
    { v: 1, seq: 1, at: state.createdAt, kind: 'run', id: into.id, recipe: state.recipe, name: into.name, app: '' },
  ])
  for (const step of recipes[state.recipe]) {
    // Its form names things by what came out.
    if (step === 'finish.cleanup') continue
    const form = forCloud(step, filledIn(state, step), into, copy)
    const named = withNames(step, form, state, into, copy)
    const proposed = proposals(step, begun)
    const entries = Object.entries(named).filter(([field, value]) => !isSameData(value, proposed[field]))
    if (entries.length === 0) continue
    const input = Object.fromEntries(entries)
    copy.inputs[step] = input
    begun.steps[step] = { ...begun.steps[step], input }
  }
  return copy
}

/** `name (2)`, or the first higher number that no run has, within the limit of names. */
export function copyName(name: string, taken: ReadonlySet<string>): string {
  const base = name.replace(/ \(\d+\)$/, '')
  for (let n = 2; ; n++) {
    const end = ` (${n})`
    const candidate = base.slice(0, runNameLimit - end.length).trimEnd() + end
    if (!taken.has(candidate)) return candidate
  }
}

/** A region belongs to one of Azure's clouds; Azure's names tell which. Null for a cloud whose regions nobody here knows. */
export function isOffered(region: string, cloud: string): boolean | null {
  const key = regionKey(region)
  const isGov = /^us(gov|dod|nat|sec)/.test(key)
  const isChina = key.startsWith('china')
  switch (cloud) {
    case 'usgov':
      return isGov
    case 'china':
      return isChina
    case 'public':
      return !isGov && !isChina
    case 'practice':
      return practiceRegions.has(key)
    default:
      return null
  }
}
const practiceRegions: ReadonlySet<string> = new Set(['westeurope', 'northeurope', 'germanywestcentral'])

function filledIn(state: RunState, step: StepId): Form {
  const { performed, typed } = state.steps[step]
  return less({ ...performed, ...typed }, ...(ofOnce[step] ?? []))
}

/** What a person said of this one VM: in a copy it is to be said anew. */
const ofOnce: Partial<Record<StepId, readonly string[]>> = {
  'vm.install': ['done'],
  'vm.generalize': ['confirmed', 'acceptedRisks', 'byHand'],
  'vm.restore': ['times'],
  'vm.deallocate': ['removeExtensions'],
  'vm.mark': ['removeExtensions'],
}

/** Takes out what means nothing in another cloud. */
function forCloud(step: StepId, form: Form, { cloud }: CopyInto, copy: Copy): Form {
  if (cloud === undefined) return form
  const lose = (field: string, was: unknown = form[field]) => {
    copy.anew.push({ step, field, was: typeof was === 'string' ? was : '' })
    return less(form, field)
  }
  switch (step) {
    case 'connect.cloud':
      if (cloud !== 'practice') copy.anew.push({ step, field: 'clientId', was: '' })
      return { cloud }
    case 'connect.signIn':
      return {}
    case 'connect.scope': {
      const rest = lose('subscriptionId')
      const { region } = form
      if (typeof region !== 'string' || isOffered(region, cloud)) return rest
      copy.anew.push({ step, field: 'region', was: region })
      return less(rest, 'region')
    }
    case 'image.version':
      return withRegions(form, cloud, copy)
    case 'prepare.account':
    case 'prepare.storage':
    case 'image.gallery':
      return form['mode'] === 'choose' ? less(lose('name'), 'mode', 'resourceGroup') : form
    default:
      return form
  }
}

function withRegions(form: Form, cloud: string, copy: Copy): Form {
  const regions = Array.isArray(form['regions']) ? (form['regions'] as { name: string }[]) : []
  const stay = regions.filter(({ name }) => isOffered(name, cloud))
  if (stay.length === regions.length) return form
  const was = regions.filter((region) => !stay.includes(region)).map(({ name }) => name)
  copy.anew.push({ step: 'image.version', field: 'regions', was: was.join(', ') })
  return stay.length ? { ...form, regions: stay } : less(form, 'regions')
}

/** Fields of each form that name something to be made, so that two runs cannot have the same. */
function namesIn(step: StepId, form: Form): readonly string[] {
  switch (step) {
    case 'connect.scope':
      return ['resourceGroup']
    case 'prepare.account':
    case 'prepare.storage':
    case 'image.gallery':
      return form['mode'] === 'choose' ? [] : ['name']
    case 'disk.upload':
      return ['diskName', 'blobName']
    case 'vm.create':
      return ['name', 'resourceGroup']
    case 'image.definition':
      return ['name', 'offer']
    case 'vm.snapshot':
    case 'pool.create':
      return ['name']
    default:
      return []
  }
}

function withNames(step: StepId, form: Form, state: RunState, { keepNames }: CopyInto, copy: Copy): Form {
  const names = namesIn(step, form)
  const typed = names.filter((field) => typeof state.steps[step].typed?.[field] === 'string' && field in form)
  copy.typedNames.push(...typed.map((field) => ({ step, field, name: String(form[field]) })))
  return less(form, ...names.filter((field) => !(keepNames && typed.includes(field))))
}

function less(form: Form, ...fields: string[]): Form {
  return Object.fromEntries(Object.entries(form).filter(([field]) => !fields.includes(field)))
}
