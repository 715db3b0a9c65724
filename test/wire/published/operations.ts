import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Property, Shape } from './shape'

/** The parts of a schema of OpenAPI 2.0 that Azure's documents use. */
type Schema = {
  $ref?: string
  type?: string
  enum?: string[]
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  allOf?: Schema[]
  additionalProperties?: Schema | boolean
  readOnly?: boolean
  'x-nullable'?: boolean
  'x-ms-mutability'?: string[]
  'x-ms-secret'?: boolean
}
type Parameter = { $ref?: string; name: string; in: string; required?: boolean; schema?: Schema }
type Call = {
  operationId: string
  parameters?: Parameter[]
  responses: Record<string, { schema?: Schema }>
  'x-ms-long-running-operation'?: boolean
}
type Document = { info: { version: string }; paths: Record<string, Record<string, Call>> } & Record<string, unknown>
type Place<Node = Schema> = { file: string; node: Node }

export type Operation = {
  /** As published, for example `Pool_Create`. */
  name: string
  version: string
  isLong: boolean
  /** null: it takes no body. */
  request: Shape | null
  needsBody: boolean
  /** Names of query parameters that must be there. */
  query: string[]
  statuses: number[]
  /** Body by status; null where none is published. */
  answer(status: number): Shape | null
}
export type Documents = {
  /** The operation that a request is an instance of; of several patterns the one with the most literal parts. */
  find(method: string, pathname: string): Operation | null
  /** A named definition of a file below the folder. */
  definition(file: string, name: string): Shape
}

/** Operations of the OpenAPI documents of Azure/azure-rest-api-specs below a folder. */
export function openDocuments(folder: string): Documents {
  const read = reader()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  const patterns = files
    .map((name) => path.join(folder, name))
    .flatMap((file) => Object.keys(read(file).paths ?? {}).map((pattern) => ({ file, pattern })))
    .map((one) => ({ ...one, fits: expressionOf(one.pattern), literals: one.pattern.replace(/\{[^}]*\}/g, '').length }))
    .sort((a, b) => b.literals - a.literals)
  return {
    find(method, pathname) {
      const fitting = patterns.filter(({ fits }) => fits.test(pathname))
      const found = fitting.find(({ file, pattern }) => read(file).paths[pattern]?.[method.toLowerCase()])
      if (!found) return null
      return operationOf(read, found.file, read(found.file).paths[found.pattern]![method.toLowerCase()]!)
    },
    definition: (file, name) =>
      shapeOf(read, { file: path.join(folder, file), node: { $ref: `#/definitions/${name}` } }),
  }
}

type Read = (file: string) => Document

function reader(): Read {
  const known = new Map<string, Document>()
  return (file) => {
    const document = known.get(file) ?? (JSON.parse(readFileSync(file, 'utf8')) as Document)
    known.set(file, document)
    return document
  }
}

function expressionOf(pattern: string): RegExp {
  const parts = pattern.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]+')}$`, 'i')
}

function operationOf(read: Read, file: string, call: Call): Operation {
  const parameters = (call.parameters ?? []).map((one) => resolved(read, { file, node: one }))
  const body = parameters.find(({ node }) => node.in === 'body')
  const bodySchema = body?.node.schema
  const needed = parameters.map(({ node }) => node).filter((one) => one.in === 'query' && one.required)
  return {
    name: call.operationId,
    version: read(file).info.version,
    isLong: call['x-ms-long-running-operation'] === true,
    request: body && bodySchema ? shapeOf(read, { file: body.file, node: bodySchema }) : null,
    needsBody: body !== undefined && body.node.required === true,
    query: needed.map(({ name }) => name),
    statuses: Object.keys(call.responses)
      .filter((status) => status !== 'default')
      .map(Number),
    answer(status) {
      const response = call.responses[String(status)] ?? (status >= 400 ? call.responses['default'] : undefined)
      return response?.schema ? shapeOf(read, { file, node: response.schema }) : null
    },
  }
}

/** Follows references, also into other files. */
function resolved<Node extends { $ref?: string }>(read: Read, place: Place<Node>): Place<Node> {
  const { $ref } = place.node
  if ($ref === undefined) return place
  const [target, pointer = ''] = $ref.split('#')
  const file = target ? path.resolve(path.dirname(place.file), target) : place.file
  const parts = pointer.split('/').slice(1).map(decodeURIComponent)
  const node = parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], read(file))
  return resolved(read, { file, node: node as Node })
}

function shapeOf(read: Read, place: Place): Shape {
  const { file, node } = resolved(read, place)
  const { pattern, minLength, maxLength, minimum, maximum } = node
  if (node.enum || node.type === 'string') {
    return {
      is: 'text',
      ...(node.enum && { values: node.enum }),
      ...(pattern !== undefined && { pattern }),
      ...(minLength !== undefined && { minLength }),
      ...(maxLength !== undefined && { maxLength }),
    }
  }
  if (node.type === 'integer' || node.type === 'number') {
    const isWhole = node.type === 'integer'
    return {
      is: 'number',
      isWhole,
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
    }
  }
  if (node.type === 'boolean') return { is: 'boolean' }
  if (node.type === 'array') return { is: 'list', of: () => shapeOf(read, { file, node: node.items! }) }
  return objectOf(read, { file, node })
}

function objectOf(read: Read, place: Place): Shape {
  const { properties, others, isOpen } = membersOf(read, place)
  return isOpen ? { is: 'anything' } : { is: 'object', properties, others }
}

/** Subscriptions_List requires it although the last page of a list has none ("x-ms-pageable" of AutoRest's extensions). */
const lastPageLacks = 'nextLink'

type Members = { properties: Record<string, Property>; others: (() => Shape) | null; isOpen: boolean }

/** Own members and those of `allOf`. A definition that names none at all allows everything. */
function membersOf(read: Read, place: Place): Members {
  const { file, node } = resolved(read, place)
  const parents = (node.allOf ?? []).map((parent) => membersOf(read, { file, node: parent }))
  const own = Object.entries(node.properties ?? {}).map(([name, schema]): [string, Property] => [
    name,
    propertyOf(read, { file, node: schema }),
  ])
  const properties = Object.assign(
    {},
    ...parents.map((parent) => parent.properties),
    Object.fromEntries(own),
  ) as Record<string, Property>
  for (const name of (node.required ?? []).filter((it) => it !== lastPageLacks))
    if (properties[name]) properties[name] = { ...properties[name], isRequired: true }
  const more = node.additionalProperties
  const others =
    typeof more === 'object'
      ? () => shapeOf(read, { file, node: more })
      : (parents.find((it) => it.others)?.others ?? null)
  const isOpen = more === true || (Object.keys(properties).length === 0 && !others)
  return { properties, others, isOpen }
}

function propertyOf(read: Read, place: Place): Property {
  const target = resolved(read, place).node
  const either = <K extends keyof Schema>(key: K) => place.node[key] ?? target[key]
  const mutability = either('x-ms-mutability')
  return {
    shape: () => shapeOf(read, place),
    isReadOnly: either('readOnly') === true || (mutability?.length === 1 && mutability[0] === 'read'),
    isWriteOnly: mutability !== undefined && !mutability.includes('read'),
    mayBeNull: either('x-nullable') === true,
  }
}
