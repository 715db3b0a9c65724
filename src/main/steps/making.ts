import { AppError, type ErrorData } from '../../shared/errors'
import type { Progress } from '../../shared/run'
import { formsOf } from '../../shared/proposals'
import { isSameResource, resourceName, stepIds } from '../../shared/terms'
import { isSameBasis, occupies, thingsOf, type Basis } from '../../shared/things'
import type { Cloud } from '../azure/cloud'
import { failureOfOperation } from '../azure/operations'
import { isMadeBy, type Tags } from '../azure/tags'
import { waitFor } from '../azure/wait'
import type { EngineTools } from '../engine/step'

/** Kinds of things a run makes: keys of `messages.kinds`. */
export type Kind =
  | 'resource group'
  | 'Batch account'
  | 'storage account'
  | 'container'
  | 'page blob'
  | 'block blob'
  | 'managed disk'
  | 'gallery'
  | 'image definition'
  | 'image version'
  | 'pool'
  | 'virtual machine'
  | 'virtual network'
  | 'network security group'
  | 'network interface'
  | 'public IP address'
  | 'snapshot'
  | 'VM extension'

const minuteMs = 60_000

/** Written down by this run as made and not yet gone. */
export function isListed(tools: EngineTools, id: string): boolean {
  return tools.resources().some((resource) => isSameResource(resource.id, id))
}

/** Writes down what is about to be made and what from, once. */
export async function announce(tools: EngineTools, id: string, what: Kind, keep: boolean): Promise<void> {
  const basis = basisOf(tools, what, id)
  const listed = tools.resources().find((resource) => isSameResource(resource.id, id))
  if (listed && (!basis || isSameBasis(listed.basis, basis))) return
  await tools.making({ id, what, keep, ...(basis ? { basis } : {}) })
}

/** Throws `cloud.name-taken` when this run made what stands there from something else: an earlier disk, another size. */
export function assertSameBasis(tools: EngineTools, id: string, what: Kind): void {
  const basis = basisOf(tools, what, id)
  const listed = tools.resources().find((resource) => isSameResource(resource.id, id))
  if (!listed || !basis || isSameBasis(listed.basis, basis)) return
  throw new AppError('cloud.name-taken', { kind: what, name: resourceName(id) })
}

function basisOf(tools: EngineTools, what: Kind, id: string): Basis | undefined {
  const state = tools.history()
  const form = formsOf(state)
  const planned = stepIds.flatMap((step) => thingsOf(step, form, state))
  return planned.find((thing) => occupies({ id, what, keep: false }, thing))?.basis
}

/** Throws `cloud.foreign-resource` unless the tags say that this run made what stands under our name. */
export function assertOurs(tools: EngineTools, found: { id: string; name: string; tags: Tags }, kind: Kind): void {
  if (!isMadeBy(tools.run, found.tags)) throw foreign(kind, found.name)
}

export function foreign(kind: Kind, name: string): AppError {
  return new AppError('cloud.foreign-resource', { kind, name })
}

export type Settling<T> = {
  kind: Kind
  name: string
  limitMinutes: number
  /** What the request that makes it left behind, to ask for Azure's reason; null when it was sent earlier. */
  operation: string | null
  /** Provisioning state of what was read. */
  stateOf(value: T): string
}

/**
 * Waits until a resource that was asked for is there. When Azure gave up on it, throws what its reason means, or else
 * `cloud.operation-failed` {kind, name}.
 */
export async function untilReady<T>(
  tools: EngineTools,
  cloud: Cloud,
  read: (signal: AbortSignal) => Promise<T | null>,
  settling: Settling<T>,
): Promise<T> {
  const { kind, name, limitMinutes, operation, stateOf } = settling
  const failed = (signal: AbortSignal) =>
    failureOfOperation(cloud, operation, 'cloud.operation-failed', { kind, name }, signal)
  const assertThere = presence({ kind, name })
  const readOnce = async (signal: AbortSignal) => {
    const value = await read(signal)
    // Storage takes an account that failed away again: then only the operation says that nothing more will come.
    const told = value === null ? await failed(signal) : null
    if (!told) assertThere(value)
    return { value, told }
  }
  const isOver = ({ value, told }: Awaited<ReturnType<typeof readOnce>>) =>
    told !== null || (value !== null && isFinal(stateOf(value)))
  const { value: found, told } = await waitFor(readOnce, isOver, {
    signal: tools.signal,
    limitMs: limitMinutes * minuteMs,
    seam: cloud.seam,
    onRead: polling(tools, () => ({ key: 'making', params: { kind, name } })),
  })
  if (told) throw told
  if (found === null) throw new AppError('cloud.not-found', { kind, name })
  if (stateOf(found) !== 'Succeeded') {
    const message = `provisioningState ${stateOf(found)}`
    throw (await failed(tools.signal)) ?? new AppError('cloud.operation-failed', { kind, name }, { message })
  }
  return found
}

/** Not seen after so many reads, a minute or so, it will not come any more. */
const patientReads = 12

/**
 * Hands on what was read of something that must stay. Throws `cloud.gone` {kind, name} when it was there and is not any more, or
 * never comes.
 */
export function presence(thing: { kind: Kind; name: string }): <T>(value: T | null) => T | null {
  let isSeen = false
  let misses = 0
  return (value) => {
    isSeen ||= value !== null
    misses = value === null ? misses + 1 : 0
    // One miss may be a replica of the service that is behind.
    if (misses >= (isSeen ? 2 : patientReads)) throw new AppError('cloud.gone', thing)
    return value
  }
}

/** Waits until a resource whose deletion was accepted is gone, so that what holds it can go next. */
export async function untilGone<T>(
  tools: EngineTools,
  cloud: Cloud,
  read: (signal: AbortSignal) => Promise<T | null>,
  settling: { kind: Kind; name: string; limitMinutes: number },
): Promise<void> {
  const { kind, name, limitMinutes } = settling
  await waitFor(read, (value) => value === null, {
    signal: tools.signal,
    limitMs: limitMinutes * minuteMs,
    seam: cloud.seam,
    onRead: polling(tools, () => ({ key: 'removing', params: { kind, name } })),
  })
}

type Wait = NonNullable<Progress['wait']>
type Read<T> = { value: T; error: null } | { value: null; error: ErrorData }

/** Shows each read of a wait; while the cloud cannot be asked, that is what is waited for. */
export function polling<T>(
  tools: EngineTools,
  wait: (value: T | null) => Wait,
  more?: (value: T | null) => Partial<Progress>,
) {
  let last: T | null = null
  return (read: Read<T>, reads: number) => {
    last = read.error ? last : read.value
    const shown = read.error ? { key: read.error.code === 'offline' ? 'offline' : 'throttled', params: {} } : wait(last)
    tools.progress({ done: reads, total: 0, unit: 'polls', ...more?.(last), wait: shown })
  }
}

function isFinal(state: string): boolean {
  return state === 'Succeeded' || state === 'Failed' || state === 'Canceled' || state === 'Cancelled'
}
