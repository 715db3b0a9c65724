import { z } from 'zod'
import { findingText } from '../../shared/messages/finding-text'
import { evidenceText, leftText, preflightText } from '../../shared/messages/messages'
import { errorData } from '../../shared/run'
import { html } from './html'
import { pill, say, span } from './page'
import { bullets, plain, shape } from './shapes'

const finding = z.object({
  id: z.string(),
  severity: z.enum(['info', 'warn', 'block']),
  variant: z.string().exactOptional(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  message: z.string(),
  remedy: z.string(),
})
const looks = { info: ['quiet', 'i'], warn: ['warn', '!'], block: ['bad', '✕'] } as const

export const findings = shape(
  z.array(finding),
  (list, page) => {
    const words = page.app.forms['disk.inspect']
    if (!list.length) return html`${words.noFindings}`
    const lines = list.map((one) => {
      const { title, message, remedy } = findingText(one, page.language)
      const [look, sign] = looks[one.severity]
      return html`<li>${pill(look, sign, words.severities[one.severity])}<b>${title}</b> ${message} ${remedy}</li>`
    })
    return bullets(lines, true)
  },
  true,
)

export const checks = shape(
  z.array(z.object({ id: z.string(), ok: z.boolean(), detail: z.string() })),
  (list, page) => {
    const words = page.app.forms['finish.verify']
    const names: Record<string, string> = words.checks
    const lines = list.map(({ id: check, ok, detail }) => {
      const name = Object.hasOwn(names, check) ? names[check]! : check
      const sign = ok ? pill('ok', '✓', words.ok) : pill('bad', '✕', words.bad)
      return html`<li>${sign}<b>${name}</b> <code>${detail}</code></li>`
    })
    return bullets(lines, true)
  },
  true,
)

const preflightLooks = {
  ok: ['ok', '✓'],
  unknown: ['quiet', '?'],
  warn: ['warn', '!'],
  block: ['bad', '✕'],
} as const

export const preflightRows = shape(
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
    return bullets(lines, true)
  },
  true,
)

export const regions = shape(z.array(z.object({ region: z.string(), replicas: z.number() })), (list, page) => {
  const lines = list.map(({ region, replicas }) => say(page, page.texts.replicas, { region, n: replicas }))
  return html`${lines.join(', ')}`
})

/** Number and what stands for the disk at that step: its file, or where it was sent. */
export const dataDisks = shape(
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
      ? bullets(
          list.map(
            ({ lun, file, diskId, blobUrl }) =>
              html`<li>LUN ${String(lun)}: <code>${file ?? diskId ?? blobUrl ?? ''}</code></li>`,
          ),
        )
      : null,
  true,
)

export const luns = shape(z.array(z.number()), (list) =>
  list.length ? html`${list.map((lun) => `LUN ${lun}`).join(', ')}` : null,
)

export const removed = shape(
  z.array(z.string()),
  (list, page) => (list.length ? bullets(list.map((one) => html`<li><code>${one}</code></li>`)) : plain([], page)),
  true,
)

export const left = shape(
  z.array(z.object({ id: z.string(), reason: z.string(), error: errorData.optional() })),
  (list, page) => {
    const lines = list.map((one) => html`<li><code>${one.id}</code><br />${leftText(one, page.language)}</li>`)
    return lines.length ? bullets(lines) : plain([], page)
  },
  true,
)

export const installed = shape(
  z.array(z.object({ id: z.string(), name: z.string(), status: z.enum(['done', 'skipped']), seconds: z.number() })),
  (list, page) => {
    const { partStates } = page.app.vm
    const lines = list.map(({ name, status, seconds: took }) => {
      const [look, sign] = status === 'done' ? (['ok', '✓'] as const) : (['quiet', '–'] as const)
      const time = status === 'done' ? span(page, took) : ''
      return html`<li>${pill(look, sign, partStates[status])}<b>${name}</b> ${time}</li>`
    })
    return lines.length ? bullets(lines, true) : plain([], page)
  },
  true,
)

/** What proves that a system was generalized, as it was read. */
export const evidence = shape(
  z.array(z.object({ id: z.string(), detail: z.string() })),
  (list, page) => {
    const lines = list.map((one) => {
      const { name, value } = evidenceText(one, page.language)
      return html`<li><b>${name}</b> ${value === one.detail ? '' : value} <code>${one.detail}</code></li>`
    })
    return lines.length ? bullets(lines) : plain([], page)
  },
  true,
)
