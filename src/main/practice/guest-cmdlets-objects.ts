import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { binary, order } from './guest-powershell-members'
import {
  isObject,
  isScript,
  isTruthy,
  listOf,
  memberOf,
  numberOf,
  objectOf,
  PsError,
  PsTable,
  shown,
  textOf,
  wildcard,
  regex,
  type PsValue,
} from './guest-powershell-values'

/** Cmdlets that pass objects on, choose, count and show them. */
export const objectCmdlets: Record<string, Cmdlet> = {
  'where-object': where,
  where,
  '?': where,
  'foreach-object': each,
  foreach: each,
  '%': each,
  'select-object': select,
  select,
  'sort-object': sort,
  sort,
  'measure-object': measure,
  measure,
  'group-object': (call) => group(call),
  'out-null': () => none(),
  'out-string': ({ input }) => Promise.resolve([shown(input)]),
  'out-host': async ({ input, host }) => (await host.out(shown(input)), []),
  'out-default': async ({ input, host }) => (await host.out(shown(input)), []),
  'format-table': ({ input }) => Promise.resolve(input),
  'format-list': ({ input }) => Promise.resolve(input),
  ft: ({ input }) => Promise.resolve(input),
  fl: ({ input }) => Promise.resolve(input),
  'write-output': ({ input, positional, value }) =>
    Promise.resolve(
      positional.length > 0 || value('inputobject') !== undefined
        ? [...positional.flatMap(listOf), ...listOf(value('inputobject') ?? null)]
        : input,
    ),
  echo: ({ positional }) => Promise.resolve(positional.flatMap(listOf)),
  'write-host': async ({ input, positional, value, host, has }) => {
    const text = [...positional, ...listOf(value('object') ?? null), ...(positional.length === 0 ? input : [])]
      .map(textOf)
      .join(' ')
    await host.out(has('nonewline') ? text : `${text}\n`)
    return []
  },
  'write-error': ({ text, positional }) => {
    throw new PsError(text('message', 0) ?? positional.map(textOf).join(' '), 'WriteErrorException')
  },
  'write-warning': async ({ text, host }) => (await host.out(`WARNING: ${text('message', 0) ?? ''}\n`), []),
  'write-verbose': () => none(),
  'write-progress': () => none(),
  'write-information': () => none(),
  'write-debug': () => none(),
  'convertto-json': toJson,
  'convertfrom-json': ({ input, text }) =>
    Promise.resolve([fromJson(JSON.parse(text('inputobject', 0) ?? input.map(textOf).join('\n')) as unknown)]),
  'new-object': newObject,
  'get-date': getDate,
  'start-sleep': sleep,
  sleep,
  'get-variable': ({ text, session }) =>
    Promise.resolve([objectOf('variable', { Name: text('name', 0) ?? '', Value: session.get(text('name', 0) ?? '') })]),
  'set-variable': ({ text, value, session }) => (session.set(text('name', 0) ?? '', value('value', 1) ?? null), none()),
  'remove-variable': () => none(),
  'select-string': selectString,
  'get-random': ({ value, input }) =>
    Promise.resolve([
      input.length > 0
        ? (input[Math.floor(Math.random() * input.length)] ?? null)
        : Math.floor(Math.random() * numberOf(value('maximum', 0) ?? 2_147_483_647)),
    ]),
  'new-guid': ({ host }) => Promise.resolve([objectOf('guid', { Guid: host.windows.newGuid() })]),
  'invoke-expression': async ({ text, session }) => (await session.run(text('command', 0) ?? ''), []),
  'invoke-command': async ({ value, session }) =>
    isScript(value('scriptblock', 0)) ? session.runBlock((value('scriptblock', 0) as { script: never }).script) : [],
  'set-executionpolicy': () => none(),
  'get-executionpolicy': () => Promise.resolve(['RemoteSigned']),
  'set-strictmode': () => none(),
  'import-module': () => none(),
  'install-module': () => none(),
  'install-packageprovider': () => none(),
  'get-history': () => none(),
  'clear-host': async ({ host }) => (await host.out('\x1b[H\x1b[2J'), []),
  cls: async ({ host }) => (await host.out('\x1b[H\x1b[2J'), []),
  'get-command': ({ text, session }) => getCommand(text('name', 0) ?? '', session),
  'get-member': ({ input }) =>
    Promise.resolve(
      (isObject(input[0] ?? null) ? [...(input[0] as { properties: Map<string, PsValue> }).properties.keys()] : []).map(
        (Name) => objectOf('member', { Name, MemberType: 'Property' }),
      ),
    ),
}

function none(): Promise<PsValue[]> {
  return Promise.resolve([])
}

async function where({ input, value, named, positional, session }: PsCall): Promise<PsValue[]> {
  const filter = value('filterscript', 0)
  const kept: PsValue[] = []
  if (isScript(filter)) {
    for (const one of input) {
      const said = await session.runBlock(filter.script, [], { _: one })
      if (isTruthy(said.length === 1 ? (said[0] ?? null) : said)) kept.push(one)
    }
    return kept
  }
  // `Where-Object Name -eq 'x'`: the operator is a parameter with a value.
  const property = textOf(value('property', 0) ?? '')
  const operator = [...named.keys()].find((name) =>
    /^[ci]?(eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|in|notin|contains|notcontains)$/.test(name),
  )
  return input.filter((one) => {
    const found = memberOf(one, property)
    return isTruthy(
      operator === undefined ? found : binary(operator, found, named.get(operator) ?? positional[1] ?? null),
    )
  })
}

async function each({ input, value, session, positional }: PsCall): Promise<PsValue[]> {
  const work = value('process', 0)
  const all: PsValue[] = []
  for (const one of input) {
    if (isScript(work)) all.push(...(await session.runBlock(work.script, [], { _: one })))
    else all.push(...listOf(memberOf(one, textOf(value('membername') ?? positional[0] ?? ''))))
  }
  return all
}

function select({ input, value, has }: PsCall): Promise<PsValue[]> {
  let rows = input
  const expand = value('expandproperty')
  const properties = listOf(value('property', 0) ?? null)
  if (value('skip') !== undefined) rows = rows.slice(numberOf(value('skip') ?? 0))
  if (value('first') !== undefined) rows = rows.slice(0, numberOf(value('first') ?? 0))
  if (value('last') !== undefined) rows = rows.slice(-numberOf(value('last') ?? 0))
  if (expand !== undefined) rows = rows.flatMap((one) => listOf(memberOf(one, textOf(expand))))
  else if (properties.length > 0) rows = rows.map((one) => picked(one, properties))
  if (has('unique')) rows = rows.filter((one, at) => rows.findIndex((other) => textOf(other) === textOf(one)) === at)
  return Promise.resolve(rows)
}

function picked(value: PsValue, properties: PsValue[]): PsValue {
  const all = isObject(value) ? [...value.properties.keys()] : []
  const names = properties.flatMap((one) => {
    const name = one instanceof PsTable ? textOf(memberOf(one, 'Name')) : textOf(one)
    return name.includes('*') ? all.filter((key) => wildcard(name).test(key)) : [name]
  })
  return objectOf('custom', Object.fromEntries(names.map((name) => [name, memberOf(value, name)])))
}

function sort({ input, value, has }: PsCall): Promise<PsValue[]> {
  const names = listOf(value('property', 0) ?? null).map(textOf)
  const keyed = (one: PsValue) => (names.length > 0 ? names.map((name) => memberOf(one, name)) : [one])
  const sorted = [...input].sort(
    (a, b) =>
      keyed(a)
        .map((left, at) => order(left, keyed(b)[at] ?? null))
        .find((sign) => sign !== 0) ?? 0,
  )
  if (has('descending')) sorted.reverse()
  return Promise.resolve(
    has('unique') ? sorted.filter((one, at) => at === 0 || textOf(sorted[at - 1] ?? null) !== textOf(one)) : sorted,
  )
}

function measure({ input, value }: PsCall): Promise<PsValue[]> {
  const name = value('property', 0)
  const numbers = input.map((one) =>
    numberOf(name === undefined ? (typeof one === 'number' ? one : 0) : memberOf(one, textOf(name))),
  )
  const sum = numbers.reduce((all, one) => all + one, 0)
  return Promise.resolve([
    objectOf('measure', {
      Count: input.length,
      Average: input.length ? sum / input.length : null,
      Sum: sum,
      Maximum: numbers.length ? Math.max(...numbers) : null,
      Minimum: numbers.length ? Math.min(...numbers) : null,
    }),
  ])
}

function group({ input, value }: PsCall): Promise<PsValue[]> {
  const name = textOf(value('property', 0) ?? '')
  const groups = new Map<string, PsValue[]>()
  for (const one of input)
    groups.set(textOf(memberOf(one, name)), [...(groups.get(textOf(memberOf(one, name))) ?? []), one])
  return Promise.resolve([...groups].map(([Name, Group]) => objectOf('group', { Count: Group.length, Name, Group })))
}

function toJson({ input, value, has }: PsCall): Promise<PsValue[]> {
  const all = value('inputobject', 0) ?? (input.length === 1 ? (input[0] ?? null) : input)
  return Promise.resolve([JSON.stringify(plainOf(all), null, has('compress') ? undefined : 4)])
}

function plainOf(value: PsValue): unknown {
  if (Array.isArray(value)) return value.map(plainOf)
  if (value instanceof PsTable) return Object.fromEntries([...value].map(([key, one]) => [key, plainOf(one)]))
  if (isObject(value)) return Object.fromEntries([...value.properties].map(([key, one]) => [key, plainOf(one)]))
  return value instanceof Date
    ? value.toISOString()
    : typeof value === 'object' && value !== null
      ? textOf(value)
      : value
}

function fromJson(value: unknown): PsValue {
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value === 'object' && value !== null)
    return objectOf('custom', Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fromJson(one)])))
  return value as PsValue
}

function newObject({ text, value }: PsCall): Promise<PsValue[]> {
  const type = (text('typename', 0) ?? '').toLowerCase()
  const table = value('property')
  if (type === 'psobject' || type === 'pscustomobject')
    return Promise.resolve([objectOf('custom', table instanceof PsTable ? Object.fromEntries(table) : {})])
  if (type.includes('encoding')) return Promise.resolve([objectOf('encoding', { BodyName: 'utf-8' })])
  if (/list|arraylist/.test(type)) return Promise.resolve([[]])
  throw new PsError(
    `Cannot find type [${text('typename', 0) ?? text('comobject') ?? ''}]: practice mode does not have it.`,
    'InvalidType',
  )
}

function getDate({ text, host }: PsCall): Promise<PsValue[]> {
  const given = text('date', 0)
  const date = new Date(given ?? host.windows.now())
  const format = text('format uformat')
  const two = (part: number) => String(part).padStart(2, '0')
  if (format === undefined) return Promise.resolve([date])
  return Promise.resolve([
    format
      .replace('yyyy', String(date.getUTCFullYear()))
      .replace('MM', two(date.getUTCMonth() + 1))
      .replace('dd', two(date.getUTCDate()))
      .replace('HH', two(date.getUTCHours()))
      .replace('mm', two(date.getUTCMinutes()))
      .replace('ss', two(date.getUTCSeconds()))
      .replace(/^o$/, date.toISOString()),
  ])
}

async function sleep({ value, host }: PsCall): Promise<PsValue[]> {
  const ms = value('milliseconds m')
  await host.windows.wait(ms === undefined ? numberOf(value('seconds s', 0) ?? 1) * 1000 : numberOf(ms), host.signal)
  return []
}

function selectString({ input, text, session, has }: PsCall): Promise<PsValue[]> {
  const path = text('path literalpath', 1)
  const lines =
    path === undefined
      ? input.flatMap((one) => textOf(one).split(/\r?\n/))
      : session.host.windows.requireText(session.path(path), path).split(/\r?\n/)
  const pattern = text('pattern', 0) ?? ''
  const test = has('simplematch')
    ? (line: string) => line.includes(pattern)
    : (line: string) => regex(pattern, 'i').test(line)
  return Promise.resolve(lines.filter(test))
}

function getCommand(name: string, session: PsCall['session']): Promise<PsValue[]> {
  if (session.knows(name))
    return Promise.resolve([
      objectOf('command', {
        CommandType: name.includes('-') ? 'Cmdlet' : 'Application',
        Name: name,
        Source: name.includes('-') ? 'Microsoft.PowerShell' : `C:\\Windows\\system32\\${name}`,
      }),
    ])
  throw new PsError(
    `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.`,
    'ObjectNotFound',
  )
}
