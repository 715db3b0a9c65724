import type { Block } from './guest-powershell-syntax'

/** An object of PowerShell: properties in order, and what kind it is (it decides how it is shown). */
export type PsObject = { kind: string; properties: Map<string, PsValue> }
export type PsScript = { script: Block }
export type PsType = { type: string }
export type PsValue =
  string | number | boolean | null | Date | Buffer | PsObject | PsScript | PsType | PsTable | PsValue[]

/** A hash table: keys in any case, in order. */
export class PsTable extends Map<string, PsValue> {}

/** What a cmdlet fails with. `id` is what errors are filtered by. */
export class PsError extends Error {
  /** What was put out before it happened, in the blocks that it ended. */
  written: PsValue[] = []

  constructor(
    text: string,
    readonly category = 'NotSpecified',
  ) {
    super(text)
  }
}

export function objectOf(kind: string, properties: Record<string, PsValue>): PsObject {
  return { kind, properties: new Map(Object.entries(properties)) }
}

export function isObject(value: PsValue | undefined): value is PsObject {
  return typeof value === 'object' && value !== null && 'properties' in value
}

export function isScript(value: PsValue | undefined): value is PsScript {
  return typeof value === 'object' && value !== null && 'script' in value
}

export function isTruthy(value: PsValue): boolean {
  if (Array.isArray(value)) return value.length > 1 || (value.length === 1 && isTruthy(value[0] ?? null))
  return value !== null && value !== false && value !== 0 && value !== ''
}

export function listOf(value: PsValue): PsValue[] {
  return Array.isArray(value) ? value : value === null ? [] : [value]
}

/** What is in an expression: nothing, the one value, or all of them. */
export function unwrap(values: PsValue[]): PsValue {
  return values.length === 0 ? null : values.length === 1 ? (values[0] ?? null) : values
}

export function textOf(value: PsValue): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  if (value instanceof Date) return dateText(value)
  if (Buffer.isBuffer(value)) return [...value].join(' ')
  if (Array.isArray(value)) return value.map(textOf).join(' ')
  if (value instanceof PsTable) return 'System.Collections.Hashtable'
  if (isScript(value)) return value.script.text
  if (isObject(value)) return objectText(value)
  return value.type
}

function objectText({ kind, properties }: PsObject): string {
  const named =
    properties.get('FullName') ?? (kind === 'service' || kind === 'process' ? properties.get('Name') : undefined)
  if (named !== undefined) return textOf(named)
  if (kind === 'error') return textOf(properties.get('Message') ?? null)
  return `@{${[...properties].map(([name, value]) => `${name}=${textOf(value)}`).join('; ')}}`
}

/** @throws PsError when a text is no number */
export function numberOf(value: PsValue): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === null) return 0
  if (value instanceof Date) return value.getTime()
  const text = textOf(value).trim()
  const number = text === '' ? 0 : Number(text)
  if (Number.isNaN(number))
    throw new PsError(
      `Cannot convert value "${text}" to type "System.Int32". Error: "Input string was not in a correct format."`,
      'InvalidArgument',
    )
  return number
}

/** A property, in any case; null when there is none. Of a list: that of every member. */
export function memberOf(value: PsValue, name: string): PsValue {
  const wanted = name.toLowerCase()
  if (value === null) return null
  if (Array.isArray(value)) {
    if (wanted === 'count' || wanted === 'length') return value.length
    const all = value.map((one) => memberOf(one, name)).filter((one) => one !== null)
    return unwrap(all)
  }
  if (isObject(value)) {
    for (const [key, one] of value.properties) if (key.toLowerCase() === wanted) return one
    return wanted === 'count' ? 1 : null
  }
  if (value instanceof PsTable) {
    if (wanted === 'count') return value.size
    if (wanted === 'keys') return [...value.keys()]
    if (wanted === 'values') return [...value.values()]
    for (const [key, one] of value) if (key.toLowerCase() === wanted) return one
    return null
  }
  if (wanted === 'length') return Buffer.isBuffer(value) ? value.length : typeof value === 'string' ? value.length : 1
  if (wanted === 'count') return 1
  return value instanceof Date ? dateMember(value, wanted) : null
}

function dateMember(date: Date, name: string): PsValue {
  const parts: Record<string, number> = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  }
  return parts[name] ?? null
}

function dateText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
}

/** Sets a property. @throws PsError where there are none */
export function setMember(value: PsValue, name: string, next: PsValue): void {
  const target = isObject(value) ? value.properties : value instanceof PsTable ? value : null
  if (!target)
    throw new PsError(
      `The property '${name}' cannot be found on this object. Verify that the property exists and can be set.`,
      'InvalidOperation',
    )
  const key = [...target.keys()].find((one) => one.toLowerCase() === name.toLowerCase()) ?? name
  target.set(key, next)
}

export function isEqual(left: PsValue, right: PsValue, isExact = false): boolean {
  if (left === null || right === null) return left === right
  if (typeof left === 'number') return Number(textOf(right)) === left
  if (typeof left === 'boolean') return left === (typeof right === 'boolean' ? right : isTruthy(right))
  const [a, b] = [textOf(left), textOf(right)]
  return isExact ? a === b : a.toLowerCase() === b.toLowerCase()
}

/** `*` and `?`, in any case. */
export function wildcard(pattern: string): RegExp {
  const plain = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${plain}$`, 'is')
}

/** A regular expression of .NET; the inline options that scripts use stand at its start. @throws PsError */
export function regex(pattern: string, flags: string): RegExp {
  const inline = /^\(\?([imsx]+)\)/.exec(pattern)
  const all = new Set([...flags, ...(inline?.[1] ?? '').replace('x', '')])
  try {
    return new RegExp(inline ? pattern.slice(inline[0].length) : pattern, [...all].join(''))
  } catch {
    throw new PsError(`parsing "${pattern}" - not a valid regular expression.`, 'InvalidArgument')
  }
}

const shownAsTable: Record<string, string[]> = {
  service: ['Status', 'Name', 'DisplayName'],
  process: ['Handles', 'Id', 'ProcessName'],
  file: ['Mode', 'LastWriteTime', 'Length', 'Name'],
  volume: ['DriveLetter', 'FileSystemLabel', 'FileSystem', 'SizeRemaining', 'Size'],
}

/** What the console shows of the values of one pipeline. */
export function shown(values: PsValue[]): string {
  let text = ''
  for (let at = 0; at < values.length;) {
    const value = values[at] ?? null
    if (!isObject(value) && !(value instanceof PsTable)) {
      text += value === null ? '' : Array.isArray(value) ? shown(value) : `${textOf(value)}\n`
      at++
      continue
    }
    const kind = kindOf(value)
    const from = at
    while (at < values.length && kindOf(values[at] ?? null) === kind) at++
    text += shownObjects(kind, values.slice(from, at))
  }
  return text
}

function kindOf(value: PsValue): string {
  return value instanceof PsTable
    ? 'table'
    : isObject(value)
      ? `${value.kind}:${[...value.properties.keys()].join()}`
      : ''
}

function shownObjects(kind: string, values: PsValue[]): string {
  const rows = values.map((value) =>
    value instanceof PsTable ? [...value] : isObject(value) ? [...value.properties] : [],
  )
  if (kind === 'table')
    return `\n${grid(
      ['Name', 'Value'],
      rows.flat().map(([name, value]) => [name, textOf(value)]),
    )}\n`
  const names = shownAsTable[kind.split(':')[0] ?? ''] ?? (rows[0] ?? []).map(([name]) => name)
  if (names.length <= 5)
    return `\n${grid(
      names,
      rows.map((row) => names.map((name) => textOf(row.find(([one]) => one === name)?.[1] ?? null))),
    )}\n`
  const width = Math.max(...names.map((name) => name.length))
  return rows
    .map((row) => `\n${row.map(([name, value]) => `${name.padEnd(width)} : ${textOf(value)}`).join('\n')}\n`)
    .join('')
}

function grid(names: string[], rows: string[][]): string {
  const widths = names.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' ')
      .trimEnd()
  return `${[line(names), line(names.map((name) => '-'.repeat(name.length))), ...rows.map(line)].join('\n')}\n`
}
