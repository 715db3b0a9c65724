import type { PowerShell } from './guest-powershell'
import { parsePowerShell } from './guest-powershell-parse'
import {
  isEqual,
  isObject,
  isScript,
  isTruthy,
  listOf,
  memberOf,
  numberOf,
  objectOf,
  PsError,
  PsTable,
  regex,
  textOf,
  wildcard,
  type PsValue,
} from './guest-powershell-values'

/** Operators with two sides. With a list on the left, comparisons filter it. @throws PsError */
export function binary(operator: string, left: PsValue, right: PsValue): PsValue {
  const plain = operator.replace(
    /^[ci](?=eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|in|notin|replace|split)/,
    '',
  )
  const isExact = operator.length > plain.length && operator.startsWith('c')
  const compare = comparisons[plain]
  if (compare)
    return Array.isArray(left) ? left.filter((one) => compare(one, right, isExact)) : compare(left, right, isExact)
  switch (plain) {
    case 'contains':
      return listOf(left).some((one) => isEqual(one, right, isExact))
    case 'notcontains':
      return !listOf(left).some((one) => isEqual(one, right, isExact))
    case 'in':
      return listOf(right).some((one) => isEqual(one, left, isExact))
    case 'notin':
      return !listOf(right).some((one) => isEqual(one, left, isExact))
    case 'replace': {
      const [pattern = '', by = ''] = listOf(right).map(textOf)
      const replace = (text: string) => text.replace(regex(pattern, isExact ? 'g' : 'gi'), by)
      return Array.isArray(left) ? left.map((one) => replace(textOf(one))) : replace(textOf(left))
    }
    case 'split':
      return listOf(left).flatMap((one) => textOf(one).split(regex(textOf(listOf(right)[0] ?? ' '), 'i')))
    case 'join':
      return listOf(left).map(textOf).join(textOf(right))
    case 'f':
      return formatted(textOf(left), listOf(right))
    case 'is':
    case 'isnot':
      return isOfType(left, textOf(right)) === (plain === 'is')
    case 'as':
      return castTo(textOf(right).toLowerCase(), left)
    case 'xor':
      return isTruthy(left) !== isTruthy(right)
    case '..': {
      const [from, to] = [numberOf(left), numberOf(right)]
      return Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => (to >= from ? from + at : from - at))
    }
    default:
      return arithmetic(plain, left, right)
  }
}

type Comparison = (left: PsValue, right: PsValue, isExact: boolean) => boolean
const comparisons: Record<string, Comparison> = {
  eq: isEqual,
  ne: (left, right, isExact) => !isEqual(left, right, isExact),
  gt: (left, right) => order(left, right) > 0,
  ge: (left, right) => order(left, right) >= 0,
  lt: (left, right) => order(left, right) < 0,
  le: (left, right) => order(left, right) <= 0,
  like: (left, right) => wildcard(textOf(right)).test(textOf(left)),
  notlike: (left, right) => !wildcard(textOf(right)).test(textOf(left)),
  match: (left, right, isExact) => regex(textOf(right), isExact ? '' : 'i').test(textOf(left)),
  notmatch: (left, right, isExact) => !regex(textOf(right), isExact ? '' : 'i').test(textOf(left)),
}

/** Less than, equal or greater than 0. */
export function order(left: PsValue, right: PsValue): number {
  if (typeof left === 'number' || left instanceof Date || left === null) return numberOf(left) - numberOf(right)
  return textOf(left).localeCompare(textOf(right), 'en', { sensitivity: 'base' })
}

function arithmetic(operator: string, left: PsValue, right: PsValue): PsValue {
  if (operator === '+') {
    if (Array.isArray(left)) return [...left, ...listOf(right)]
    if (left instanceof PsTable && right instanceof PsTable) return new PsTable([...left, ...right])
    if (typeof left === 'string') return left + textOf(right)
    if (left === null) return right
  }
  if (operator === '*' && typeof left === 'string') return left.repeat(Math.max(0, numberOf(right)))
  const [a, b] = [numberOf(left), numberOf(right)]
  if ((operator === '/' || operator === '%') && b === 0)
    throw new PsError('Attempted to divide by zero.', 'NotSpecified')
  const results: Record<string, number> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': a % b,
    band: a & b,
    bor: a | b,
    bxor: a ^ b,
  }
  return results[operator] ?? 0
}

function formatted(format: string, values: PsValue[]): string {
  return format.replace(
    /\{(\d+)(?:,(-?\d+))?(?::([^}]+))?\}/g,
    (_, at: string, width: string | undefined, how: string | undefined) => {
      const value = values[Number(at)] ?? null
      const digits = /^[nNfF](\d+)$/.exec(how ?? '')?.[1]
      const text = digits !== undefined ? numberOf(value).toFixed(Number(digits)) : textOf(value)
      const wide = Number(width ?? 0)
      return wide < 0 ? text.padEnd(-wide) : text.padStart(wide)
    },
  )
}

function isOfType(value: PsValue, type: string): boolean {
  const name = type.toLowerCase().replace(/^system\./, '')
  if (name === 'string') return typeof value === 'string'
  if (/^(int(32)?|long|double)$/.test(name)) return typeof value === 'number'
  if (name === 'bool' || name === 'boolean') return typeof value === 'boolean'
  if (/array|\[\]$/.test(name)) return Array.isArray(value)
  return name === 'hashtable' ? value instanceof PsTable : false
}

/** `[int]`, `[string]`... @throws PsError */
export function castTo(type: string, value: PsValue): PsValue {
  const name = type.replace(/^system\./, '')
  if (/^(u?int(32|64|16)?|long|uint|byte)$/.test(name)) return Math.round(numberOf(value))
  if (name === 'double' || name === 'float' || name === 'decimal') return numberOf(value)
  if (name === 'string') return textOf(value)
  if (name === 'bool' || name === 'switch') return isTruthy(value)
  if (name.endsWith('[]') || name === 'array') return listOf(value)
  if (name === 'datetime') return new Date(textOf(value))
  if ((name === 'pscustomobject' || name === 'psobject') && value instanceof PsTable)
    return objectOf('custom', Object.fromEntries(value))
  return name === 'void' ? null : value
}

export function staticMember(type: string, name: string, session: PowerShell): PsValue {
  const key = `${short(type)}.${name.toLowerCase()}`
  if (/^text\.(utf8)?encoding/.test(key) || key === 'text.encoding.utf8')
    return objectOf('encoding', { BodyName: name.toLowerCase() })
  const known: Record<string, PsValue> = {
    'environment.machinename': session.host.windows.computerName,
    'environment.newline': '\r\n',
    'environment.username': session.host.user,
    'math.pi': Math.PI,
    'string.empty': '',
    'int.maxvalue': 2_147_483_647,
    'datetime.now': new Date(session.host.windows.now()),
    'datetime.utcnow': new Date(session.host.windows.now()),
  }
  return known[key] ?? name
}

/** Static methods of .NET that scripts use. @throws PsError for others */
export function staticCall(type: string, name: string, args: PsValue[], session: PowerShell): PsValue {
  const { windows, user } = session.host
  const [first = null, second = null] = args
  const file = () => session.path(textOf(first))
  const calls: Record<string, () => PsValue> = {
    'math.floor': () => Math.floor(numberOf(first)),
    'math.ceiling': () => Math.ceil(numberOf(first)),
    'math.round': () => Math.round(numberOf(first) * 10 ** numberOf(second)) / 10 ** numberOf(second),
    'math.abs': () => Math.abs(numberOf(first)),
    'math.max': () => Math.max(numberOf(first), numberOf(second)),
    'math.min': () => Math.min(numberOf(first), numberOf(second)),
    'io.file.readalltext': () => windows.requireText(file(), textOf(first)),
    'io.file.readalllines': () => windows.requireText(file(), textOf(first)).split(/\r?\n/),
    'io.file.writealltext': () => (windows.writeText(file(), textOf(second)), null),
    'io.file.appendalltext': () => (windows.writeText(file(), (windows.text(file()) ?? '') + textOf(second)), null),
    'io.file.exists': () => windows.text(file()) !== null,
    'io.directory.exists': () => windows.isFolder(file()),
    'io.directory.createdirectory': () => (windows.makeFolders(file()), null),
    'io.path.combine': () => args.map(textOf).join('\\').replace(/\\+/g, '\\'),
    'io.path.gettemppath': () => `${windows.environment('TEMP', user)}\\`,
    'io.path.getfilename': () => textOf(first).replace(/^.*[\\/]/, ''),
    'convert.frombase64string': () => Buffer.from(textOf(first), 'base64'),
    'convert.tobase64string': () => (Buffer.isBuffer(first) ? first.toString('base64') : ''),
    'scriptblock.create': () => ({ script: parsePowerShell(textOf(first)) }),
    'string.isnullorempty': () => textOf(first) === '',
    'string.isnullorwhitespace': () => textOf(first).trim() === '',
    'string.join': () => listOf(second).map(textOf).join(textOf(first)),
    'regex.escape': () => textOf(first).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    'regex.replace': () => textOf(first).replace(regex(textOf(second), 'g'), textOf(args[2] ?? '')),
    'environment.getenvironmentvariable': () => windows.environment(textOf(first), user),
    'environment.setenvironmentvariable': () => (windows.setEnvironment(textOf(first), textOf(second)), null),
    'environment.exit': () => null,
    'guid.newguid': () => windows.newGuid(),
    'datetime.parse': () => new Date(textOf(first)),
  }
  const call = calls[`${short(type)}.${name.toLowerCase()}`]
  if (!call)
    throw new PsError(
      `Method invocation failed because [${type}] does not contain a method named '${name}'.`,
      'InvalidOperation',
    )
  return call()
}

/** Methods of values. @throws PsError for unknown ones */
export function callMember(
  of: PsValue,
  name: string,
  args: PsValue[],
  session: PowerShell,
): PsValue | Promise<PsValue> {
  const key = name.toLowerCase()
  const [first = null, second = null] = args
  if (of === null) throw new PsError('You cannot call a method on a null-valued expression.', 'InvalidOperation')
  if (key === 'tostring')
    return of instanceof Date ? dateFormatted(of, first === null ? null : textOf(first)) : textOf(of)
  if (key === 'gettype') return objectOf('type', { Name: Array.isArray(of) ? 'Object[]' : typeof of })
  if (of instanceof Date) return dateCall(of, key, first)
  if (isScript(of) && key === 'invoke') return session.runBlock(of.script, args)
  if (isObject(of) && of.kind === 'encoding')
    return key === 'getstring' && Buffer.isBuffer(first) ? first.toString('utf8') : Buffer.from(textOf(first))
  if (isObject(of) || of instanceof PsTable) return tableCall(of, key, args)
  if (Array.isArray(of) && key === 'contains') return of.some((one) => isEqual(one, first))
  const text = textOf(of)
  const calls: Record<string, () => PsValue> = {
    trim: () =>
      first === null ? text.trim() : text.replace(new RegExp(`^[${textOf(first)}]+|[${textOf(first)}]+$`, 'g'), ''),
    trimend: () =>
      first === null
        ? text.trimEnd()
        : text.replace(regex(`[${textOf(first).replace(/[\\\]^-]/g, '\\$&')}]+$`, ''), ''),
    trimstart: () =>
      first === null
        ? text.trimStart()
        : text.replace(regex(`^[${textOf(first).replace(/[\\\]^-]/g, '\\$&')}]+`, ''), ''),
    toupper: () => text.toUpperCase(),
    tolower: () => text.toLowerCase(),
    contains: () => text.includes(textOf(first)),
    startswith: () => text.startsWith(textOf(first)),
    endswith: () => text.endsWith(textOf(first)),
    replace: () => text.replaceAll(textOf(first), textOf(second)),
    split: () => text.split(textOf(first)),
    indexof: () => text.indexOf(textOf(first)),
    substring: () =>
      second === null ? text.slice(numberOf(first)) : text.slice(numberOf(first), numberOf(first) + numberOf(second)),
    padleft: () => text.padStart(numberOf(first)),
    padright: () => text.padEnd(numberOf(first)),
    equals: () => isEqual(text, first, true),
  }
  const call = calls[key]
  if (!call)
    throw new PsError(
      `Method invocation failed because [System.String] does not contain a method named '${name}'.`,
      'InvalidOperation',
    )
  return call()
}

function tableCall(of: PsValue, key: string, [first = null, second = null]: PsValue[]): PsValue {
  if (of instanceof PsTable && (key === 'containskey' || key === 'contains'))
    return [...of.keys()].some((one) => isEqual(one, first))
  if (of instanceof PsTable && key === 'add') {
    of.set(textOf(first), second)
    return null
  }
  if (of instanceof PsTable && key === 'remove') {
    of.delete(textOf(first))
    return null
  }
  if (/^(waitforexit|refresh|dispose|close|kill|start|stop)$/.test(key)) return null
  if (key === 'getvalue' || key === 'item') return memberOf(of, textOf(first))
  throw new PsError(
    `Method invocation failed because the object does not contain a method named '${key}'.`,
    'InvalidOperation',
  )
}

/** Ticks of 100 ns since 1601, as Windows counts. */
const fileTimeOffsetMs = 11_644_473_600_000

function dateCall(date: Date, key: string, first: PsValue): PsValue {
  const units: Record<string, number> = {
    addseconds: 1000,
    addminutes: 60_000,
    addhours: 3_600_000,
    adddays: 86_400_000,
  }
  if (units[key] !== undefined) return new Date(date.getTime() + numberOf(first) * units[key])
  if (key === 'tofiletimeutc' || key === 'tofiletime')
    return String(BigInt(Math.round(date.getTime()) + fileTimeOffsetMs) * 10_000n)
  if (key === 'touniversaltime') return date
  throw new PsError(
    `Method invocation failed because [System.DateTime] does not contain a method named '${key}'.`,
    'InvalidOperation',
  )
}

function dateFormatted(date: Date, format: string | null): string {
  if (format === null) return textOf(date)
  if (format === 'o' || format === 's') return date.toISOString().slice(0, format === 's' ? 19 : undefined)
  const two = (value: number) => String(value).padStart(2, '0')
  return format
    .replace('yyyy', String(date.getUTCFullYear()))
    .replace('MM', two(date.getUTCMonth() + 1))
    .replace('dd', two(date.getUTCDate()))
    .replace('HH', two(date.getUTCHours()))
    .replace('mm', two(date.getUTCMinutes()))
    .replace('ss', two(date.getUTCSeconds()))
}

function short(type: string): string {
  return type.toLowerCase().replace(/^system\./, '')
}
