import {
  changeNotAllowed,
  definitionType,
  deleteReply,
  galleryType,
  invalidParameter,
  parentNotFound,
  putReply,
  refuseDeleting,
  refuseNested,
  required,
  startPut,
  versionType,
} from './arm-gallery-parts'
import { bodyObject, digText, isObject, refuseOtherRegion, requireGroup, requireRegion, tagsOf } from './arm-parts'
import { armError } from './errors'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'

const definitionMs = 12_000

/** @throws ArmError 400, 404, 409 */
export function putDefinition(request: PracticeRequest): PracticeReply {
  const parent = request.store.find(`${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}`)
  if (!parent) throw parentNotFound(request.params['gallery'] ?? '')
  const name = request.params['definition'] ?? ''
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9])?$/.test(name)) {
    throw invalidParameter(
      `The gallery image definition name '${name}' is invalid. It must be 1-80 characters of letters, digits, '.', '_' or '-', and start and end with a letter or digit.`,
    )
  }
  const body = bodyObject(request)
  const location = requireRegion(body, definitionType)
  const id = `${parent.id}/images/${name}`
  const existing = request.store.find(id)
  refuseOtherRegion(existing, location, parent.id.split('/')[4] ?? '')
  refuseDeleting(existing)
  const properties = definitionProperties(body)
  if (existing) refuseImmutable(existing, properties)
  else refuseSameIdentifier(request, parent, properties)
  const tags = tagsOf(body)
  const wire = { location, ...(tags ? { tags } : {}), properties: { ...properties, provisioningState: 'Succeeded' } }
  const made = request.store.put({ id, name: existing?.name ?? name, type: definitionType, wire })
  startPut(request, made, existing, 'definition.put', definitionMs)
  return putReply(request, made, !existing)
}

const writable = [
  'description',
  'eula',
  'privacyStatementUri',
  'releaseNoteUri',
  'osType',
  'osState',
  'hyperVGeneration',
  'endOfLifeDate',
  'identifier',
  'recommended',
  'disallowed',
  'purchasePlan',
  'features',
  'architecture',
]

function definitionProperties(body: Record<string, unknown>): Record<string, unknown> {
  const given = isObject(body['properties']) ? body['properties'] : {}
  const properties = Object.fromEntries(Object.entries(given).filter(([key]) => writable.includes(key)))
  oneOf(properties['osType'], ['Windows', 'Linux'], 'galleryImage.properties.osType')
  oneOf(properties['osState'], ['Generalized', 'Specialized'], 'galleryImage.properties.osState')
  properties['hyperVGeneration'] ??= 'V2'
  oneOf(properties['hyperVGeneration'], ['V1', 'V2'], 'galleryImage.properties.hyperVGeneration')
  properties['architecture'] ??= 'x64'
  oneOf(properties['architecture'], ['x64', 'Arm64'], 'galleryImage.properties.architecture')
  for (const part of ['publisher', 'offer', 'sku']) {
    const value = digText(properties, 'identifier', part) ?? ''
    if (value === '') throw required(`galleryImage.properties.identifier.${part}`)
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value) || value.endsWith('.')) {
      throw invalidParameter(`The value '${value}' of parameter galleryImage.properties.identifier.${part} is invalid.`)
    }
  }
  // Since API 2025-03-03 a Gen2 definition without features is one for trusted launch.
  if (properties['features'] === undefined && properties['hyperVGeneration'] === 'V2') {
    properties['features'] = [{ name: 'SecurityType', value: 'TrustedLaunchSupported' }]
  }
  return properties
}

function refuseImmutable(existing: Resource, properties: Record<string, unknown>): void {
  const before = isObject(existing.wire['properties']) ? existing.wire['properties'] : {}
  for (const name of [
    'osType',
    'osState',
    'hyperVGeneration',
    'architecture',
    'identifier',
    'features',
    'purchasePlan',
  ]) {
    if (JSON.stringify(before[name]) !== JSON.stringify(properties[name]))
      throw changeNotAllowed(`galleryImage.properties.${name}`)
  }
}

function refuseSameIdentifier(request: PracticeRequest, parent: Resource, properties: Record<string, unknown>): void {
  const identity = (value: unknown) =>
    ['publisher', 'offer', 'sku'].map((part) => digText(value, 'identifier', part)?.toLowerCase()).join('/')
  const other = request.store
    .list(definitionType, parent.id)
    .find((one) => identity(one.wire['properties']) === identity(properties))
  if (!other) return
  const text = `The gallery image identifier (publisher, offer, sku) '${identity(properties)}' is already used by gallery image '${other.name}' in gallery '${parent.name}'. The identifier must be unique within a gallery.`
  throw armError(409, 'Conflict', text)
}

export function deleteDefinition(request: PracticeRequest): PracticeReply {
  const id = `${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}/images/${request.params['definition']}`
  const found = request.store.find(id)
  if (!found) return { status: 204 }
  refuseNested(request, found, versionType)
  return deleteReply(request, found, 'definition.delete')
}

function oneOf(value: unknown, allowed: string[], name: string): void {
  if (value === undefined || value === null) throw required(name)
  if (!allowed.includes(String(value)))
    throw invalidParameter(
      `The value '${String(value)}' of parameter ${name} is invalid. Allowed values are: ${allowed.join(', ')}.`,
    )
}
