/** What a published document says about one JSON value. Parts are functions because documents refer to themselves. */
export type Shape =
  | { is: 'anything' }
  | { is: 'boolean' }
  | { is: 'text'; values?: string[]; pattern?: string; minLength?: number; maxLength?: number }
  | { is: 'number'; isWhole: boolean; minimum?: number; maximum?: number }
  | { is: 'list'; of: () => Shape }
  | { is: 'object'; properties: Record<string, Property>; others: (() => Shape) | null }
export type Property = {
  shape: () => Shape
  isRequired?: boolean
  isReadOnly?: boolean
  isWriteOnly?: boolean
  mayBeNull?: boolean
}
export type Direction = 'request' | 'partial request' | 'answer'

/**
 * Holds a value against its document. Stricter than Azure itself: values of open enums must be published ones, and
 * properties nobody published are violations. Each violation reads `where: what`.
 */
export function violationsOf(value: unknown, shape: Shape, direction: Direction, where: string): string[] {
  switch (shape.is) {
    case 'anything':
      return []
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${where}: ${kindOf(value)} instead of boolean`]
    case 'text':
      return textViolations(value, shape, where)
    case 'number':
      return numberViolations(value, shape, where)
    case 'list':
      if (!Array.isArray(value)) return [`${where}: ${kindOf(value)} instead of list`]
      return value.flatMap((item, at) => violationsOf(item, shape.of(), direction, `${where}[${at}]`))
    case 'object':
      if (kindOf(value) !== 'object') return [`${where}: ${kindOf(value)} instead of object`]
      return objectViolations(value as Record<string, unknown>, shape, direction, where)
  }
}

function textViolations(value: unknown, shape: Shape & { is: 'text' }, where: string): string[] {
  if (typeof value !== 'string') return [`${where}: ${kindOf(value)} instead of text`]
  if (shape.values && !shape.values.includes(value))
    return [`${where}: '${value}' is none of ${shape.values.join(', ')}`]
  if (shape.pattern !== undefined && !new RegExp(shape.pattern).test(value)) {
    return [`${where}: '${value}' does not match ${shape.pattern}`]
  }
  const fits = value.length >= (shape.minLength ?? 0) && value.length <= (shape.maxLength ?? Infinity)
  return fits ? [] : [`${where}: ${value.length} characters`]
}

function numberViolations(value: unknown, shape: Shape & { is: 'number' }, where: string): string[] {
  if (typeof value !== 'number') return [`${where}: ${kindOf(value)} instead of number`]
  if (shape.isWhole && !Number.isInteger(value)) return [`${where}: ${value} is not whole`]
  const fits = value >= (shape.minimum ?? -Infinity) && value <= (shape.maximum ?? Infinity)
  return fits ? [] : [`${where}: ${value} is out of range`]
}

function objectViolations(
  value: Record<string, unknown>,
  shape: Shape & { is: 'object' },
  direction: Direction,
  where: string,
): string[] {
  const found: string[] = []
  for (const [name, { isRequired, isReadOnly, isWriteOnly }] of Object.entries(shape.properties)) {
    const isExpected = direction === 'answer' ? !isWriteOnly : direction === 'request' && !isReadOnly
    if (isRequired && isExpected && value[name] === undefined) found.push(`${where}.${name}: missing`)
  }
  for (const [name, part] of Object.entries(value)) {
    const property = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined
    const place = `${where}.${name}`
    if (!property) {
      if (shape.others) found.push(...violationsOf(part, shape.others(), direction, place))
      else found.push(`${place}: unknown property`)
    } else if (direction !== 'answer' && property.isReadOnly) found.push(`${place}: read-only property in a request`)
    else if (direction === 'answer' && property.isWriteOnly) found.push(`${place}: write-only property in an answer`)
    else if (!(part === null && property.mayBeNull))
      found.push(...violationsOf(part, property.shape(), direction, place))
  }
  return found
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value === 'string' ? 'text' : typeof value
}
