import { z } from 'zod'
import { findingText } from '../../shared/messages/finding-text'
import { evidenceText, leftText, preflightText } from '../../shared/messages/messages'
import type { OutputOf } from '../../shared/outputs'
import { errorData } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import { html, type Html } from './html'
import { cloudName, outputOf, pill, say, size, span, time, type Page, type Row } from './page'

/** How one field of an output is shown; null: there is nothing to say. */
type Shape = { isWide?: boolean; show(value: unknown, page: Page): Html | null }
type Shapes = { [Id in StepId]: Record<keyof OutputOf<Id>, Shape> }

/** What a step left behind, in words. A field that this version does not know, or knows otherwise, is listed plainly. */
export function outputRows(page: Page, step: StepId): Row[] {
  const known: Record<string, Shape> = shapes[step]
  const labels: Record<string, string> = page.texts.fields[step]
  const output: Record<string, unknown> = outputOf(page, step)
  const fields = new Set([...Object.keys(known), ...Object.keys(output)])
  return [...fields].flatMap((field): Row[] => {
    const { show, isWide = false } = Object.hasOwn(known, field) ? known[field]! : unknownField
    const value = output[field] === undefined ? null : show(output[field], page)
    return value ? [{ label: Object.hasOwn(labels, field) ? labels[field]! : field, value, isWide }] : []
  })
}

/** Any data as words and lists. */
function plain(value: unknown, page: Page): Html {
  const { unknown, yes, no } = page.app.ui.common
  if (value === null || value === undefined || value === '') return html`${unknown}`
  if (typeof value === 'boolean') return html`${value ? yes : no}`
  if (typeof value === 'number') return html`${say(page, '{n:number}', { n: value })}`
  if (typeof value !== 'object') return html`${String(value)}`
  const lines = Array.isArray(value)
    ? value.map((one) => html`<li>${plain(one, page)}</li>`)
    : Object.entries(value).map(([key, one]) => html`<li>${key}: ${plain(one, page)}</li>`)
  return lines.length
    ? html`<ul>
        ${lines}
      </ul>`
    : html`${page.texts.none}`
}

/** Shows what has the shape expected; anything else plainly. */
function shape<Value>(
  schema: z.ZodType<Value>,
  show: (value: Value, page: Page) => Html | null,
  isWide = false,
): Shape {
  return {
    isWide,
    show(value, page) {
      const parsed = schema.safeParse(value)
      return parsed.success ? show(parsed.data, page) : plain(value, page)
    },
  }
}

/** One word of a small vocabulary, in the language; a new word as it is. */
function word(table: (page: Page) => Record<string, string>): Shape {
  return shape(z.string(), (value, page) => {
    const words = table(page)
    return html`${Object.hasOwn(words, value) ? words[value]! : value}`
  })
}

/** Words of a small vocabulary, each on its line. */
function wordList(table: (page: Page) => Record<string, string>): Shape {
  return shape(
    z.array(z.string()),
    (list, page) => {
      const words = table(page)
      const lines = list.map((one) => html`<li>${Object.hasOwn(words, one) ? words[one]! : one}</li>`)
      return lines.length
        ? html`<ul>
            ${lines}
          </ul>`
        : null
    },
    true,
  )
}

const unknownField: Shape = { isWide: true, show: plain }
const text = shape(z.string(), (value) => (value ? html`${value}` : null))
const code = shape(z.string().nullable(), (value) => (value ? html`<code>${value}</code>` : null))
const id: Shape = { ...code, isWide: true }
const number = shape(z.number(), plain)
const numberOrUnknown = shape(z.number().nullable(), plain)
const flag = shape(z.boolean().nullable(), plain)
const bytes = shape(z.number(), (value, page) => size(page, value))
const seconds = shape(z.number(), (value, page) => html`${span(page, value)}`)
const milliseconds = shape(z.number(), (value, page) => html`${span(page, value / 1000)}`)
const moment = shape(
  z.number().min(-8.64e15).max(8.64e15),
  (value, page) => html`${time(page, new Date(value).toISOString())} UTC`,
)

const generation = word(({ app }) => app.forms['disk.inspect'].generations)
const tables = word(({ app }) => app.forms['disk.inspect'].tables)
const system = z.object({ type: z.string(), id: z.string().nullable(), versionId: z.string().nullable() }).nullable()
const finding = z.object({
  id: z.string(),
  severity: z.enum(['info', 'warn', 'block']),
  variant: z.string().exactOptional(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  message: z.string(),
  remedy: z.string(),
})
const looks = { info: ['quiet', 'i'], warn: ['warn', '!'], block: ['bad', '✕'] } as const

const findings = shape(
  z.array(finding),
  (list, page) => {
    const words = page.app.forms['disk.inspect']
    if (!list.length) return html`${words.noFindings}`
    const lines = list.map((one) => {
      const { title, message, remedy } = findingText(one, page.language)
      const [look, sign] = looks[one.severity]
      return html`<li>${pill(look, sign, words.severities[one.severity])}<b>${title}</b> ${message} ${remedy}</li>`
    })
    return html`<ul class="signed">
      ${lines}
    </ul>`
  },
  true,
)

const checks = shape(
  z.array(z.object({ id: z.string(), ok: z.boolean(), detail: z.string() })),
  (list, page) => {
    const words = page.app.forms['finish.verify']
    const names: Record<string, string> = words.checks
    const lines = list.map(({ id: check, ok, detail }) => {
      const name = Object.hasOwn(names, check) ? names[check]! : check
      const sign = ok ? pill('ok', '✓', words.ok) : pill('bad', '✕', words.bad)
      return html`<li>${sign}<b>${name}</b> <code>${detail}</code></li>`
    })
    return html`<ul class="signed">
      ${lines}
    </ul>`
  },
  true,
)

const preflightLooks = {
  ok: ['ok', '✓'],
  unknown: ['quiet', '?'],
  warn: ['warn', '!'],
  block: ['bad', '✕'],
} as const

const preflightRows = shape(
  z.object({
    rows: z.array(
      z.object({
        text: z.string(),
        severity: z.enum(['ok', 'unknown', 'warn', 'block']),
        params: z.record(z.string(), z.union([z.string(), z.number()])),
      }),
    ),
  }),
  ({ rows }, page) => {
    const { severities } = page.app.preflight
    const lines = rows.map(({ text: key, severity, params }) => {
      const [look, sign] = preflightLooks[severity]
      return html`<li>
        ${pill(look, sign, severities[severity])}${preflightText({ text: key, params }, page.language).title}
      </li>`
    })
    return html`<ul class="signed">
      ${lines}
    </ul>`
  },
  true,
)

const regions = shape(z.array(z.object({ region: z.string(), replicas: z.number() })), (list, page) => {
  const lines = list.map(({ region, replicas }) => say(page, page.texts.replicas, { region, n: replicas }))
  return html`${lines.join(', ')}`
})

/** Number and what stands for the disk at that step: its file, or where it was sent. */
const dataDisks = shape(
  z.array(
    z.object({
      lun: z.number(),
      file: z.string().optional(),
      diskId: z.string().optional(),
      blobUrl: z.string().optional(),
    }),
  ),
  (list) =>
    list.length
      ? html`<ul>
          ${list.map(({ lun, file, diskId, blobUrl }) => html`<li>LUN ${String(lun)}: <code>${file ?? diskId ?? blobUrl ?? ''}</code></li>`)}
        </ul>`
      : null,
  true,
)

const luns = shape(z.array(z.number()), (list) =>
  list.length ? html`${list.map((lun) => `LUN ${lun}`).join(', ')}` : null,
)

const removed = shape(
  z.array(z.string()),
  (list, page) =>
    list.length
      ? html`<ul>
          ${list.map((one) => html`<li><code>${one}</code></li>`)}
        </ul>`
      : plain([], page),
  true,
)

const left = shape(
  z.array(z.object({ id: z.string(), reason: z.string(), error: errorData.optional() })),
  (list, page) => {
    const lines = list.map((one) => html`<li><code>${one.id}</code><br />${leftText(one, page.language)}</li>`)
    return lines.length
      ? html`<ul>
          ${lines}
        </ul>`
      : plain([], page)
  },
  true,
)

const installed = shape(
  z.array(z.object({ id: z.string(), name: z.string(), status: z.enum(['done', 'skipped']), seconds: z.number() })),
  (list, page) => {
    const { partStates } = page.app.vm
    const lines = list.map(({ name, status, seconds: took }) => {
      const [look, sign] = status === 'done' ? (['ok', '✓'] as const) : (['quiet', '–'] as const)
      const time = status === 'done' ? span(page, took) : ''
      return html`<li>${pill(look, sign, partStates[status])}<b>${name}</b> ${time}</li>`
    })
    return lines.length
      ? html`<ul class="signed">
          ${lines}
        </ul>`
      : plain([], page)
  },
  true,
)

/** What proves that a system was generalized, as it was read. */
const evidence = shape(
  z.array(z.object({ id: z.string(), detail: z.string() })),
  (list, page) => {
    const lines = list.map((one) => {
      const { name, value } = evidenceText(one, page.language)
      return html`<li><b>${name}</b> ${value === one.detail ? '' : value} <code>${one.detail}</code></li>`
    })
    return lines.length
      ? html`<ul>
          ${lines}
        </ul>`
      : plain([], page)
  },
  true,
)

/** In the order shown. A field added to an output does not compile before it stands here and has its label. */
const shapes: Shapes = {
  'decide.image': { choice: word(({ texts }) => texts.choices) },
  'connect.cloud': {
    cloud: shape(z.string(), (value, page) => html`${cloudName(page, value)}`),
    authority: code,
    armEndpoint: code,
    clientId: code,
    tenant: code,
  },
  'connect.signIn': {
    username: code,
    tenantName: text,
    tenantId: code,
    homeAccountId: code,
    subscriptionId: code,
    region: text,
  },
  'connect.scope': { subscriptionName: text, region: text, resourceGroup: text, subscriptionId: code, onlyAccount: id },
  'prepare.preflight': { look: preflightRows, acceptedRisks: removed, registered: removed, groupId: id },
  'prepare.account': {
    name: text,
    resourceGroup: text,
    region: text,
    allocationMode: word(({ app }) => app.forms['prepare.account'].modes),
    dedicatedCoreQuota: numberOrUnknown,
    endpoint: id,
    sizeV1: text,
    sizeV2: text,
    id,
  },
  'prepare.storage': { name: text, region: text, container: text, blobEndpoint: id, id },
  'disk.choose': { sizeBytes: bytes, modifiedMs: moment, file: id, dataDisks },
  'disk.inspect': {
    verdict: word(({ texts }) => texts.verdicts),
    format: shape(z.string(), (format, page) => html`${say(page, '{format:format}', { format })}`),
    os: shape(system, (os, page) => (os ? html`${[os.id ?? os.type, os.versionId ?? ''].join(' ')}` : plain(os, page))),
    generation: { show: (value, page) => (value === null ? plain(value, page) : generation.show(value, page)) },
    partitionTable: { show: (value, page) => tables.show(value ?? 'none', page) },
    generalized: flag,
    encrypted: flag,
    architecture: text,
    nodeAgent: text,
    virtualSize: bytes,
    dataBytes: bytes,
    uploadBytes: bytes,
    ms: milliseconds,
    findings,
    passed: removed,
    unknown: removed,
    dataDisks,
  },
  'disk.upload': {
    target: word(({ app }) => app.forms['disk.upload'].targets),
    virtualBytes: bytes,
    nonZeroBytes: bytes,
    sentBytes: bytes,
    skippedBytes: bytes,
    presentBytes: bytes,
    requests: number,
    seconds,
    etag: code,
    diskId: id,
    blobUrl: id,
    storageAccountId: id,
    dataDisks,
  },
  'vm.plan': {
    image: shape(
      z.object({ publisher: z.string(), offer: z.string(), sku: z.string(), version: z.string() }),
      (image) => {
        return html`${[image.publisher, image.offer, image.sku, image.version].join(' : ')}`
      },
    ),
    osType: text,
    generation,
    architecture: text,
    vmSize: text,
    cores: number,
    nodeAgentSku: text,
    securityType: text,
    endsOn: text,
    concerns: wordList(({ app }) => app.vm.concerns),
  },
  'vm.create': {
    name: text,
    osType: text,
    vmSize: text,
    address: code,
    port: code,
    user: code,
    resourceGroup: text,
    hostKeys: removed,
    reach: word(({ app }) => app.vm.reach),
    source: code,
    osDiskId: id,
    nicId: id,
    publicIpId: id,
    nsgId: id,
    id,
  },
  'vm.install': { parts: installed, isByHand: flag },
  'vm.snapshot': { name: text, at: text, flushed: flag, id },
  'vm.generalize': { evidence, isByHand: flag },
  'vm.restore': { times: number, osDiskId: id },
  'vm.deallocate': { powerState: text, snapshotKept: flag },
  'vm.mark': { id },
  'image.gallery': { name: text, resourceGroup: text, region: text, id },
  'image.definition': { name: text, osType: text, generation, securityType: text, newestVersion: text, id },
  'image.version': { version: text, regions, dataDisks: luns, id },
  'pool.create': { name: text, vmSize: text, nodeAgentSku: text, id },
  'pool.canary': {
    state: word(({ texts }) => texts.nodeStates),
    secondsToIdle: seconds,
    dedicated: number,
    spot: number,
    node: id,
  },
  'finish.verify': { checks },
  'finish.cleanup': { removed, left },
  'finish.report': { file: id },
}
