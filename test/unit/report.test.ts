import { describe, expect, it } from 'vitest'
import { reportPage } from '../../src/main/report'
import { report as german } from '../../src/shared/messages/de/report'
import { report as english } from '../../src/shared/messages/en/report'
import { holesOf } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import type { Outputs } from '../../src/shared/outputs'
import { replay } from '../../src/shared/replay'
import type { Fact, JournalEntry, RunState } from '../../src/shared/run'
import { phaseOf, recipes, type Language, type StepId } from '../../src/shared/terms'

const runSteps = recipes['from-disk'].filter((step): step is Exclude<StepId, `vm.${string}`> => !step.startsWith('vm.'))
const group = '/subscriptions/0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08/resourceGroups/farm'
const image = `${group}/providers/Microsoft.Compute/galleries/farm_images/images/debian/versions/1.0.0`
const pool = `${group}/providers/Microsoft.Batch/batchAccounts/farm/pools/render`
const blob = 'https://farm.blob.core.windows.net/vhds/debian.vhd'

/** What the steps of a finished run left in its journal, every field of every step among it. */
const outputs: Pick<Outputs, (typeof runSteps)[number]> = {
  'decide.image': { choice: 'customImage' },
  'connect.cloud': {
    cloud: 'public',
    authority: 'https://login.microsoftonline.com',
    armEndpoint: 'https://management.azure.com',
    clientId: 'c1d3a8e2-5f4b-4c7e-9a36-7be0f2d85a11',
    tenant: 'contoso.onmicrosoft.com',
  },
  'connect.signIn': {
    username: 'ada@contoso.com',
    tenantId: '5b0e7f3c-9c0d-4a64-8f6e-2a7d1c94b310',
    homeAccountId: 'ada.home',
    subscriptionId: '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08',
    region: 'northeurope',
  },
  'connect.scope': {
    subscriptionId: '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08',
    subscriptionName: 'Rendering',
    region: 'westeurope',
    resourceGroup: 'farm',
  },
  'prepare.preflight': { groupId: group, registered: ['Microsoft.Batch'] },
  'prepare.account': {
    id: `${group}/providers/Microsoft.Batch/batchAccounts/farm`,
    name: 'farm',
    resourceGroup: 'farm',
    region: 'westeurope',
    endpoint: 'https://farm.westeurope.batch.azure.com',
    allocationMode: 'BatchService',
    dedicatedCoreQuota: null,
  },
  'prepare.storage': {
    id: `${group}/providers/Microsoft.Storage/storageAccounts/farm`,
    name: 'farm',
    region: 'westeurope',
    blobEndpoint: 'https://farm.blob.core.windows.net/',
    container: 'vhds',
  },
  'disk.choose': { file: '/home/ada/debian.vhd', sizeBytes: 1_073_742_336, modifiedMs: Date.UTC(2026, 10, 23, 6) },
  'disk.inspect': {
    format: 'vhd-fixed',
    verdict: 'warn',
    virtualSize: 1_073_741_824,
    dataBytes: 1_073_741_824,
    uploadBytes: 1_073_742_336,
    partitionTable: 'mbr',
    generation: 'V1',
    os: { type: 'Linux', id: 'debian', versionId: '12' },
    generalized: null,
    encrypted: false,
    findings: [
      { id: 'linux.swap', severity: 'warn', message: 'Swap lies on /dev/sda2.', remedy: 'Remove it from etc/fstab.' },
    ],
    ms: 9,
  },
  'disk.upload': {
    blobUrl: blob,
    etag: '"0x1C4260D4FF4F2E0"',
    virtualBytes: 1_073_741_824,
    nonZeroBytes: 45_318_144,
    sentBytes: 45_367_808,
    skippedBytes: 1_028_374_528,
    presentBytes: 0,
    requests: 1023,
    seconds: 203.685,
  },
  'image.gallery': {
    id: `${group}/providers/Microsoft.Compute/galleries/farm_images`,
    name: 'farm_images',
    resourceGroup: 'farm',
    region: 'westeurope',
  },
  'image.definition': {
    id: `${group}/providers/Microsoft.Compute/galleries/farm_images/images/debian`,
    name: 'debian',
    osType: 'Linux',
    generation: 'V1',
  },
  'image.version': {
    id: image,
    version: '1.0.0',
    regions: [
      { region: 'West Europe', replicas: 1 },
      { region: 'North Europe', replicas: 2 },
    ],
  },
  'pool.create': { id: pool, name: 'render', vmSize: 'standard_d2s_v3', nodeAgentSku: 'batch.node.debian 12' },
  'pool.canary': { node: 'tvmps_1_d', state: 'idle', secondsToIdle: 247, dedicated: 1, spot: 0 },
  'finish.verify': {
    checks: [
      { id: 'blobLength', ok: true, detail: '1073742336 / 1073742336' },
      { id: 'inventedLater', ok: false, detail: 'none' },
    ],
  },
  'finish.cleanup': { removed: [blob], left: [{ id: `${group}/x`, reason: 'ScopeLocked' }] },
  'finish.report': { file: '/home/ada/report.html' },
}
const made: Fact[] = [
  { kind: 'making', step: 'disk.upload', resource: { id: blob, what: 'page blob', keep: false } },
  { kind: 'making', step: 'image.version', resource: { id: image, what: 'image version', keep: true } },
  { kind: 'making', step: 'pool.create', resource: { id: pool, what: 'pool', keep: true } },
  { kind: 'gone', step: 'disk.upload', id: blob },
]
const begun: Fact = { kind: 'run', id: 'r-1', recipe: 'from-disk', name: 'Blender farm', app: '1' }

/** A run that has come to its last step, which writes the report; outputs may be other than this version's own. */
function finished(changes: Partial<Record<StepId, unknown>> = {}): RunState {
  const before = runSteps.filter((step) => step !== 'finish.report')
  const steps = before.flatMap((step): Fact[] => [
    { kind: 'started', step, attempt: 1 },
    { kind: 'done', step, output: changes[step] ?? outputs[step], proof: [] },
  ])
  const { steps: states, ...state } = stateOf([begun, ...steps, ...made])
  const running = { ...states['finish.report'], status: 'running' as const, startedAt: '2026-11-23T08:59:58.000Z' }
  return { ...state, steps: { ...states, 'finish.report': running } }
}

/** One fact a second, from seven o'clock on. */
function stateOf(facts: Fact[]): RunState {
  const at = (index: number) => new Date(Date.UTC(2026, 10, 23, 7, 0, index)).toISOString()
  return replay(facts.map((fact, index): JournalEntry => ({ v: 1, seq: index + 1, at: at(index), ...fact })))
}

function pageOf(state: RunState, language: Language): string {
  return reportPage(state, { language, app: '0.1.0', at: new Date('2026-11-23T09:00:00Z') })
}

/** What a reader sees: no markup, no style, single spaces. */
function visible(page: string): string {
  return page
    .replace(/<style>[^]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ')
}

const hostile = '</style><script>alert("1")</script><img src=x onerror=\'alert(1)\'>&'
const hostileFacts: Fact[] = [
  { ...begun, name: hostile },
  { kind: 'started', step: 'image.gallery', attempt: 1 },
  { kind: 'making', step: 'image.gallery', resource: { id: `/subscriptions/${hostile}`, what: hostile, keep: true } },
  {
    kind: 'done',
    step: 'image.gallery',
    output: { id: hostile, name: hostile, resourceGroup: 'g', region: 'r', [hostile]: { [hostile]: [hostile] } },
    proof: [{ at: hostile, method: hostile, target: hostile, status: 201, requestId: 'request-42' }],
  },
  { kind: 'started', step: 'pool.create', attempt: 2 },
  {
    kind: 'failed',
    step: 'pool.create',
    error: { code: 'quota.cores', params: {}, details: { message: hostile, requestId: 'request-43' } },
  },
  { kind: 'skipped', step: 'finish.cleanup', reason: hostile },
]
const hostileState = stateOf(hostileFacts)

describe('the report', () => {
  it('takes nothing that came from outside as markup', () => {
    const everywhere = finished({
      'disk.inspect': {
        ...outputs['disk.inspect'],
        findings: [{ id: hostile, severity: 'warn', message: hostile, remedy: hostile }],
      },
      'disk.choose': hostile,
      'image.version': { id: hostile, version: { html: hostile }, regions: [{ region: hostile, replicas: 1 }] },
      'finish.verify': { checks: [{ id: hostile, ok: true, detail: hostile }] },
      'finish.cleanup': { removed: [hostile], left: [{ id: hostile, reason: hostile }] },
    })
    for (const page of [pageOf(hostileState, 'en'), pageOf(everywhere, 'de')]) {
      expect(page).not.toContain('<script')
      expect(page).not.toContain('<img')
      expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
    }
  })

  it('shows no sign that turns text around or moves a cursor, wherever it stands', () => {
    const turning = 'invoice\u202Efdp.exe \u001b[2J\u0007\u2066<b>'
    const everywhere = finished({
      'disk.inspect': {
        ...outputs['disk.inspect'],
        findings: [{ id: turning, severity: 'warn', message: turning, remedy: turning }],
      },
      'image.version': { id: turning, version: turning, regions: [{ region: turning, replicas: 1 }] },
      'finish.verify': { checks: [{ id: turning, ok: true, detail: turning }] },
      'finish.cleanup': { removed: [turning], left: [{ id: turning, reason: turning }] },
    })
    for (const language of ['en', 'de'] as const) {
      const page = pageOf({ ...everywhere, name: turning }, language)
      expect(page).not.toMatch(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      expect(page).toContain('invoice\ufffdfdp.exe \ufffd[2J\ufffd\ufffd&lt;b&gt;')
    }
  })

  it('forbids itself scripts and anything from elsewhere', () => {
    const page = pageOf(hostileState, 'en')
    expect(page).toMatch(/Content-Security-Policy"\s+content="default-src 'none'; style-src 'sha256-[^"]+'"/)
    expect(page).not.toMatch(/<[^<>]*\b(src|href|style)=/)
  })

  it('allows exactly the style it brings', async () => {
    const page = pageOf(hostileState, 'en')
    const style = /<style>([^]*?)<\/style>/.exec(page)![1]
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
    expect(page).toContain(`'sha256-${Buffer.from(digest).toString('base64')}'`)
  })

  it('shows evidence, times, ids, attempts, states and the items of the article', () => {
    const facts = hostileFacts.map((fact): Fact => {
      const proof = { at: '2026-11-23T08:00:00Z', method: 'PUT', target: '/x', status: 201, requestId: 'request-42' }
      return fact.kind === 'done' ? { ...fact, proof: [proof] } : fact
    })
    const text = visible(pageOf(stateOf(facts), 'en'))
    const shown = ['request-42', 'request-43', '23 Nov 2026, 08:00:00', 'S46', 'quota.cores', 'left out', '2 attempts']
    for (const part of shown) expect(text).toContain(part)
    expect(text).toContain('The run stopped at the step “Create the pool”.')
  })

  it.each([
    [
      'en',
      [
        'The user gone',
        'Machine id reset',
        'Host keys left 0',
        'Signing in again refused, as it should be session.wrong-key',
        'State of the image generalized, will set itself up anew IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE',
        'Control channel taken out Disabled',
        'Power state stopped PowerState/stopped',
      ],
    ],
    [
      'de',
      [
        'weg gone',
        'zurückgesetzt reset',
        'abgelehnt, wie es sein soll session.wrong-key',
        'generalisiert, wird sich neu einrichten IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE',
        'herausgenommen Disabled',
        'angehalten PowerState/stopped',
      ],
    ],
  ] as const)('says in words what proves that a VM was generalized, beside what was read (%s)', (language, said) => {
    const evidence = [
      { id: 'user', detail: 'gone' },
      { id: 'machineId', detail: 'reset' },
      { id: 'hostKeys', detail: '0' },
      { id: 'refused', detail: 'session.wrong-key' },
      { id: 'imageState', detail: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE' },
      { id: 'channel', detail: 'Disabled' },
      { id: 'power', detail: 'PowerState/stopped' },
    ]
    const facts: Fact[] = [
      { ...begun, recipe: 'from-vm' },
      { kind: 'started', step: 'vm.generalize', attempt: 1 },
      { kind: 'done', step: 'vm.generalize', output: { evidence, isByHand: false }, proof: [] },
    ]
    const text = visible(pageOf(stateOf(facts), language))
    for (const words of said) expect(text).toContain(words)
  })

  it('speaks both languages', () => {
    const text = pageOf(hostileState, 'de')
    expect(text).toContain('<html lang="de">')
    expect(text).toContain('Anforderungen, die etwas geändert haben')
    expect(text).not.toContain('Requests that changed something')
  })

  it('says in words what every step left, with sizes and times as the language writes them', () => {
    const [text, deutsch] = [visible(pageOf(finished(), 'en')), visible(pageOf(finished(), 'de'))]
    expect(text).toContain('Sent 43.3 MiB 45,367,808 bytes')
    expect(text).toContain('Requests 1,023')
    expect(text).toContain('Time 3 min 24 sec')
    expect(text).toContain('Swap is set up on the system disk.')
    expect(text).toContain('West Europe: 1 replica, North Europe: 2 replicas')
    expect(text).toContain('Last changed 23 Nov 2026, 06:00:00 UTC')
    expect(text).toContain('✓ right The uploaded disk has the right length')
    expect(text).toContain('✕ not right inventedLater')
    expect(deutsch).toContain('Gesendet 43,3 MiB 45.367.808 Bytes')
    expect(deutsch).toContain('Zeit 3 Min. 24 Sek.')
    expect(deutsch).toContain('Auslagerung auf dem Systemdatenträger')
    expect(deutsch).toContain('Zuletzt geändert 23.11.2026, 06:00:00 UTC')
  })

  it.each(['en', 'de'] as const)('shows every field of every output under its label (%s)', (language) => {
    const page = pageOf(finished(), language)
    const labels = { en: english, de: german }[language].fields
    const sections = page.split('<article').slice(1)
    for (const [at, step] of runSteps.entries()) {
      const expected = step === 'finish.report' ? [] : Object.keys(outputs[step])
      const terms = [...sections[at]!.matchAll(/<dt>([^]*?)<\/dt>/g)].map(([, term]) => term!.trim())
      const words = labels[step] as Record<string, string>
      expect(terms.sort(), step).toEqual(expected.map((field) => words[field]).sort())
    }
  })

  it.each(['en', 'de'] as const)('shows no braces and nothing undefined (%s)', (language) => {
    const later = { ...outputs['disk.upload'], sentBytes: 'many', tiers: [{ hot: 1, cold: null }], more: {} }
    const text = visible(pageOf(finished({ 'disk.upload': later }), language))
    expect(text).not.toMatch(/[{}…]|undefined|null|NaN|Invalid|\[object/)
    expect(text).toContain('hot: 1 cold: ')
    expect(text).toContain('many')
  })

  it('survives outputs of any other kind', () => {
    const strange = Object.fromEntries(runSteps.map((step, at) => [step, [[], 'text', 7, true, { id: {} }][at % 5]]))
    expect(visible(pageOf(finished(strange), 'en'))).not.toMatch(/undefined|\[object/)
  })

  it('counts itself as done, and all steps in the summary', () => {
    const text = visible(pageOf(finished(), 'en'))
    expect(text).not.toContain('running')
    expect(text).toContain('This page.')
    expect(text).toContain('18 Report ✓ done 23 Nov 2026, 08:59:58 2 sec')
    expect(text).toContain('A node of the pool runs on the image. 4 min 7 sec from asking')
  })

  it('lists what was made, what is gone again and what still costs', () => {
    const text = visible(pageOf(finished(), 'en'))
    expect(text).toContain(`image version 1.0.0 ${image} Image version and its regions ✓ stays`)
    expect(text).toContain(`page blob debian.vhd ${blob} Upload the disk – removed`)
    expect(text).toContain('Nodes of pool render: billed until')
    const practice = finished({ 'connect.cloud': { ...outputs['connect.cloud'], cloud: 'practice' } })
    expect(visible(pageOf(practice, 'en'))).toContain('Nothing: this was the practice cloud.')
  })

  it('does not claim a running node for a pool that was scaled to 0 or removed', () => {
    const scaled = finished({ 'pool.canary': { ...outputs['pool.canary'], dedicated: 0 } })
    expect(visible(pageOf(scaled, 'en'))).toContain('after that the pool was scaled to 0')
    expect(visible(pageOf(scaled, 'en'))).not.toContain('billed until')
    const removed = finished({ 'finish.cleanup': { removed: [pool.toUpperCase()], left: [] } })
    expect(visible(pageOf(removed, 'en'))).toContain('the pool was removed at clean-up')
  })
})

describe('the words of the report', () => {
  const texts = (value: object, place = ''): [string, string][] =>
    Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
      typeof inner === 'string'
        ? [[`${place}.${key}`, inner] as [string, string]]
        : texts(inner as object, `${place}.${key}`),
    )

  it('are the same in both languages, with the same holes', () => {
    const there = new Map(texts(german))
    expect(texts(english).length).toBeGreaterThan(100)
    expect([...there.keys()]).toEqual(texts(english).map(([place]) => place))
    expect(
      texts(english).filter(([place, text]) => !text || `${holesOf(text)}` !== `${holesOf(there.get(place)!)}`),
    ).toEqual([])
  })

  it('name every phase as the app does', () => {
    const page = pageOf(finished(), 'de')
    for (const step of runSteps) expect(page).toContain(`<h2>${messages.de.phases[phaseOf(step)]}</h2>`)
  })
})
