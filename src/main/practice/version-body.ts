import { invalidParameter } from './arm-gallery-parts'
import { dig, digText } from './arm-parts'
import { findRegion } from './directory'
import type { PracticeRequest } from './server'
import type { Resource } from './store'

const maximum = 2_147_483_647

export type Publishing = Record<string, unknown> & {
  targetRegions: { name: string; regionalReplicaCount: number; storageAccountType: string }[]
}

export function publishingProfile(
  request: PracticeRequest,
  body: Record<string, unknown>,
  location: string,
  version: string,
): Publishing {
  const given = dig(body, 'properties', 'publishingProfile')
  const replicaCount = wholeNumber(dig(given, 'replicaCount') ?? 1, 'replicaCount')
  const storageAccountType = digText(given, 'storageAccountType') ?? 'Standard_LRS'
  const listed = dig(given, 'targetRegions')
  const wanted: unknown[] = Array.isArray(listed) && listed.length > 0 ? (listed as unknown[]) : [{ name: location }]
  const targetRegions = wanted.map((one) => {
    const name = digText(one, 'name') ?? ''
    const region = findRegion(name)
    if (!region)
      throw invalidParameter(
        `The target region '${name}' of gallery image version '${version}' is invalid or not available for the subscription.`,
      )
    return {
      name: region.displayName,
      regionalReplicaCount: wholeNumber(dig(one, 'regionalReplicaCount') ?? replicaCount, 'regionalReplicaCount'),
      storageAccountType: digText(one, 'storageAccountType') ?? storageAccountType,
    }
  })
  const names = targetRegions.map((region) => findRegion(region.name)?.name)
  if (new Set(names).size !== names.length)
    throw invalidParameter('The target regions of a gallery image version must be different from each other.')
  if (!names.includes(location as (typeof names)[number])) {
    const shown = targetRegions.map((region) => region.name).join(', ')
    throw invalidParameter(
      `Gallery image version publishing profile regions '${shown}' must contain the location of image version '${location}'.`,
    )
  }
  const excludeFromLatest = dig(given, 'excludeFromLatest') === true
  const replicationMode = digText(given, 'replicationMode') ?? 'Full'
  return { targetRegions, replicaCount, excludeFromLatest, storageAccountType, replicationMode }
}

function wholeNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100) return value
  throw invalidParameter(
    `The value '${String(value)}' of parameter galleryImageVersion.properties.publishingProfile.${name} is invalid. It must be between 1 and 100.`,
  )
}

export function versionName(request: PracticeRequest): string {
  const name = request.params['version'] ?? ''
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(name)
  if (parts?.slice(1).every((part) => Number(part) <= maximum)) return name
  throw invalidParameter(
    `The gallery image version name '${name}' is invalid. It must be of the form Major(int32).Minor(int32).Patch(int32), for example 1.0.0.`,
  )
}

/** Names of the regions that a version is published to. */
export function targetRegions(made: Resource): string[] {
  const listed = dig(made.wire, 'properties', 'publishingProfile', 'targetRegions')
  if (!Array.isArray(listed)) return []
  return listed.map((one) => findRegion(digText(one, 'name') ?? '')?.name ?? '')
}
