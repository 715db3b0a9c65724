import type { NetworkManagementClient } from '@azure/arm-network'
import type { Cloud } from './cloud'
import type { IdParts } from './ids'
import type { Accepted, noting } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
import type { Tags } from './tags'

/** What networks are made of. `state`: Creating, Updating, Succeeded, Failed, Deleting. */
export type NetworkPart = { id: string; name: string; region: string; state: string; tags: Tags }
/** `run`: id of the run that it is made for. */
export type Spec = { region: string; run: string }

type ArmPart = {
  id?: string
  name?: string
  location?: string
  provisioningState?: string
  tags?: Tags
}

/** A part as the service shows it, in our own shape. */
export function partFrom({
  id = '',
  name = '',
  location = '',
  provisioningState = '',
  tags = {},
}: ArmPart): NetworkPart {
  return { id, name, region: location, state: provisioningState, tags }
}

type Cancellable = { abortSignal?: AbortSignal }
type Options = ReturnType<typeof noting>['options']
type Submitted = { submitted(): PromiseLike<unknown> }

/** Reads a part; null when there is none. */
export function readPart<T>(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  get: (network: NetworkManagementClient, at: IdParts, options: Cancellable) => Promise<T>,
): Promise<T | null> {
  return readOne(id, signal, async (at, options) => get(await cloud.network(at.subscriptionId), at, options))
}

/** Sends a request about a part; returns when it is accepted. */
export function sendPart(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  put: (network: NetworkManagementClient, at: IdParts, options: Options) => Submitted,
): Promise<Accepted> {
  return sendOne(id, signal, async (at, options) => {
    await put(await cloud.network(at.subscriptionId), at, options).submitted()
  })
}

/** Sends the deletion of a part; one that is gone is no error. */
export function removePart(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  end: (network: NetworkManagementClient, at: IdParts, options: Cancellable) => Submitted,
): Promise<void> {
  return deleteOne(id, signal, async (at, options) => {
    await end(await cloud.network(at.subscriptionId), at, options).submitted()
  })
}
