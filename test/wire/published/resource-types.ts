import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Property, Shape } from './shape'

/** One entry of a type file, as the index of Azure/bicep-types defines them; `flags` of properties are bits. */
type Entry = {
  $type: string
  name?: string
  value?: string
  body?: Reference
  itemType?: Reference
  elements?: Reference[]
  properties?: Record<string, { type: Reference; flags: number }>
  additionalProperties?: Reference
  pattern?: string
  minLength?: number
  maxLength?: number
  minValue?: number
  maxValue?: number
}
type Reference = { $ref: string }
export type ResourceShape = { shape: Shape; version: string }

const required = 1
const readOnly = 2
const writeOnly = 4
/** Properties that the cloud derives from the URL: never part of a request. */
const derived = ['id', 'name', 'type']

/**
 * Bodies of resources by the newest type files of Azure/bicep-types-az (`<namespace>/<version>.json`). The returned
 * function gives null for a type that no file holds; of several versions the wanted one, otherwise the nearest newer
 * one, otherwise the newest.
 */
export function openResourceTypes(folder: string): (type: string, version: string) => ResourceShape | null {
  const files = new Map<string, Entry[]>()
  return (type, wanted) => {
    const namespace = path.join(folder, type.split('/')[0]!.toLowerCase())
    if (!existsSync(namespace)) return null
    const holding = readdirSync(namespace)
      .map((name) => ({ version: name.replace('.json', ''), entries: entriesOf(files, path.join(namespace, name)) }))
      .map(({ version, entries }) => ({ version, entries, found: resourceIn(entries, type) }))
      .filter(({ found }) => found !== undefined)
      .sort((a, b) => a.version.localeCompare(b.version))
    const chosen = holding.find(({ version }) => version >= wanted) ?? holding.at(-1)
    if (!chosen?.found?.body) return null
    return { shape: withDerived(shapeOf(chosen.entries, chosen.found.body)), version: chosen.version }
  }
}

function entriesOf(files: Map<string, Entry[]>, file: string): Entry[] {
  const known = files.get(file) ?? (JSON.parse(readFileSync(file, 'utf8')) as Entry[])
  files.set(file, known)
  return known
}

function resourceIn(entries: Entry[], type: string): Entry | undefined {
  const wanted = `${type}@`.toLowerCase()
  return entries.find(({ $type, name }) => $type === 'ResourceType' && name!.toLowerCase().startsWith(wanted))
}

/** `apiVersion` belongs to templates and is never on the wire. */
function withDerived(shape: Shape): Shape {
  if (shape.is !== 'object') return shape
  const { apiVersion: _template, ...properties } = shape.properties
  const fixed = derived.map((name) => [name, { ...properties[name]!, isRequired: true, isReadOnly: true }])
  return { ...shape, properties: { ...properties, ...(Object.fromEntries(fixed) as Record<string, Property>) } }
}

function shapeOf(entries: Entry[], { $ref }: Reference): Shape {
  const entry = entries[Number($ref.slice(2))]!
  const { pattern, minLength, maxLength, minValue, maxValue } = entry
  switch (entry.$type) {
    case 'StringType':
      return {
        is: 'text',
        ...(pattern !== undefined && { pattern }),
        ...(minLength !== undefined && { minLength }),
        ...(maxLength !== undefined && { maxLength }),
      }
    case 'StringLiteralType':
      return { is: 'text', values: [entry.value!] }
    case 'IntegerType':
      return {
        is: 'number',
        isWhole: true,
        ...(minValue !== undefined && { minimum: minValue }),
        ...(maxValue !== undefined && { maximum: maxValue }),
      }
    case 'BooleanType':
      return { is: 'boolean' }
    case 'ArrayType':
      return { is: 'list', of: () => shapeOf(entries, entry.itemType!) }
    case 'UnionType':
      return unionOf(entries, entry)
    case 'ObjectType':
      return objectOf(entries, entry)
    case 'AnyType':
      return { is: 'anything' }
    default:
      throw new Error(`${entry.$type} is not read`)
  }
}

/** All unions are enums; the open ones hold plain text besides their values. */
function unionOf(entries: Entry[], entry: Entry): Shape {
  const values = entry.elements!.map(({ $ref }) => entries[Number($ref.slice(2))]!.value)
  return { is: 'text', values: values.filter((value) => value !== undefined) }
}

function objectOf(entries: Entry[], entry: Entry): Shape {
  const properties = Object.entries(entry.properties!).map(([name, { type, flags }]): [string, Property] => [
    name,
    {
      shape: () => shapeOf(entries, type),
      isRequired: (flags & required) !== 0,
      isReadOnly: (flags & readOnly) !== 0,
      isWriteOnly: (flags & writeOnly) !== 0,
    },
  ])
  const { additionalProperties } = entry
  const others = additionalProperties ? () => shapeOf(entries, additionalProperties) : null
  return { is: 'object', properties: Object.fromEntries(properties), others }
}
