/** Ids and small vocabularies of the field, used in both worlds. */

/**
 * Every wizard step of every recipe, in the order of the checklists; the part before the dot is its phase. The way back stands before
 * the generalizing that it undoes: performing it outdates what comes after it, as any earlier step does.
 */
export const stepIds = [
  'decide.image',
  'connect.cloud',
  'connect.signIn',
  'connect.scope',
  'prepare.preflight',
  'prepare.account',
  'prepare.storage',
  'disk.choose',
  'disk.inspect',
  'disk.upload',
  'vm.plan',
  'vm.create',
  'vm.install',
  'vm.snapshot',
  'vm.restore',
  'vm.generalize',
  'vm.deallocate',
  'vm.mark',
  'image.gallery',
  'image.definition',
  'image.version',
  'pool.create',
  'pool.canary',
  'finish.verify',
  'finish.cleanup',
  'finish.report',
] as const
export type StepId = (typeof stepIds)[number]

export const phases = ['decide', 'connect', 'prepare', 'disk', 'vm', 'image', 'pool', 'finish'] as const
export type Phase = (typeof phases)[number]

const fromDiskOnly: readonly StepId[] = ['prepare.storage', 'disk.choose', 'disk.inspect', 'disk.upload']

/** What each recipe consists of: a disk image of this computer, or a VM that is built for it, becomes the image. */
export const recipes = {
  'from-disk': stepIds.filter((id) => !id.startsWith('vm.')),
  'from-vm': stepIds.filter((id) => !fromDiskOnly.includes(id)),
} as const satisfies Record<string, readonly StepId[]>
export type RecipeId = keyof typeof recipes

/** What a run can do without: it may end at the image, and nobody has to look or tidy up at once. */
const leavable: Record<RecipeId, readonly StepId[]> = {
  'from-disk': ['pool.create', 'pool.canary', 'finish.verify', 'finish.cleanup'],
  'from-vm': ['pool.create', 'pool.canary', 'finish.verify', 'finish.cleanup'],
}

/** Whether a run may be finished without this step. */
export function mayBeLeftOut(recipe: RecipeId, step: StepId): boolean {
  return leavable[recipe].includes(step)
}

/** What happens when the window is closed while an upload runs. */
export const closings = ['ask', 'background', 'quit'] as const
export type Closing = (typeof closings)[number]

/** What can take the bytes of a disk on its way into an image. */
export const uploadTargets = ['disk', 'pageBlob', 'blockBlob'] as const
export type UploadTargetKind = (typeof uploadTargets)[number]

export type OsType = 'Linux' | 'Windows'
export type Generation = 'V1' | 'V2'
export type AllocationMode = 'BatchService' | 'UserSubscription'
export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]
/** Longest name of a run, in characters. */
export const runNameLimit = 80

export function phaseOf(step: StepId): Phase {
  return step.slice(0, step.indexOf('.')) as Phase
}

export type ResourceId = {
  subscriptionId: string
  resourceGroup?: string
  provider?: string
  /** Pairs of type and name below the provider, outermost first. */
  path: { type: string; name: string }[]
}

/**
 * Splits a full ARM resource id. Azure compares ids without regard to case, so keywords match in any case.
 * Returns null when the text is no resource id.
 */
export function parseResourceId(text: string): ResourceId | null {
  const parts = text.replace(/^\/+/, '').split('/')
  if (parts[0]?.toLowerCase() !== 'subscriptions' || !parts[1]) return null
  const id: ResourceId = { subscriptionId: parts[1], path: [] }
  let at = 2
  if (parts[at]?.toLowerCase() === 'resourcegroups' && parts[at + 1]) {
    id.resourceGroup = parts[at + 1]!
    at += 2
  }
  if (parts[at]?.toLowerCase() === 'providers' && parts[at + 1]) {
    id.provider = parts[at + 1]!
    at += 2
    for (; parts[at] && parts[at + 1]; at += 2) id.path.push({ type: parts[at]!, name: parts[at + 1]! })
  }
  return at >= parts.length ? id : null
}

/** The last name in a resource id: what people call the resource. */
export function resourceName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

/** Azure's own comparison of resource ids. */
export function isSameResource(a: string, b: string): boolean {
  return a.replace(/^\/+/, '').toLowerCase() === b.replace(/^\/+/, '').toLowerCase()
}

/** Azure's comparison of region names: `West Europe` and `westeurope` are one. */
export function isSameRegion(a: string, b: string): boolean {
  return regionKey(a) === regionKey(b)
}

/** A region as Azure spells it: `West Europe` is `westeurope`. */
export function regionKey(region: string): string {
  return region.replace(/[\s()]/g, '').toLowerCase()
}
