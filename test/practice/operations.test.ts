import { beforeAll, describe, expect, it } from 'vitest'
import { countOf } from '../support/command'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'
import type { StepId } from '../../src/shared/terms'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }
const isPut = (type: string) => new RegExp(`^PUT .*/${type}/\\{\\}$`)

/** Every request that makes something, with the step that sends it. */
const making: [StepId, string, string][] = [
  ['prepare.storage', 'PUT .*/storageAccounts/[^/]+$', 'storageAccounts'],
  ['image.gallery', 'PUT .*/galleries/[^/]+$', 'galleries'],
  ['image.definition', 'PUT .*/images/[^/]+$', 'images'],
  ['image.version', 'PUT .*/versions/[^/]+$', 'versions'],
  ['pool.create', 'PUT .*/pools/[^/]+$', 'pools'],
]

describe('a request that was accepted although its answer was lost', () => {
  it.each(making)('is not made twice: %s', { timeout: 60_000 }, async (step, match, type) => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, before(step))
    const existing = (await practice.stats()).resources.filter((id) => id.split('/').at(-2) === type).length
    await practice.incident({ kind: 'lose-answer', match, count: 1 })
    expect(await practice.go(run, step)).toMatchObject({ is: 'done' })
    const stats = await practice.stats()
    expect(stats.resources.filter((id) => id.split('/').at(-2) === type)).toHaveLength(existing + 1)
    expect((await practice.stateOf(run)).steps[step].attempts).toBe(1)
  })
})

describe('a cloud that asks for a pause', () => {
  it('without saying how long is asked again, and nothing is made twice', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'disk.upload')
    const before = await practice.stats()
    await practice.incident({ kind: 'throttle', match: 'PUT .*/galleries/[^/]+$', count: 1, action: 'silent' })
    await practice.incident({ kind: 'throttle', match: 'GET .*/galleries/[^/]+$', count: 1, action: 'silent' })
    expect(await practice.go(run, 'image.gallery')).toMatchObject({ is: 'done' })
    const after = await practice.stats()
    expect(countOf(after, isPut('galleries'))).toBe(countOf(before, isPut('galleries')) + 2)
    expect(after.repeatedPutTotal).toBe(before.repeatedPutTotal)
  })

  it('in a storm of refusals is waited for', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'disk.upload')
    await practice.incident({ kind: 'throttle', match: 'PUT .*/galleries/[^/]+$', count: 8, retryAfter: 1 })
    expect(await practice.go(run, 'image.gallery')).toMatchObject({ is: 'done' })
  })

  it('fails inside three times and answers late once, and the step goes on', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'disk.upload')
    const before = await practice.stats()
    await practice.incident({ kind: 'refuse', match: 'PUT .*/galleries/[^/]+$', count: 2, action: 'error' })
    await practice.incident({ kind: 'delay', match: 'GET .*/galleries/[^/]+$', count: 1, retryAfter: 2 })
    expect(await practice.go(run, 'image.gallery')).toMatchObject({ is: 'done' })
    expect((await practice.stats()).repeatedPutTotal).toBe(before.repeatedPutTotal)
  })
})

describe('a long operation', () => {
  it('that is forgotten is followed by its resource', { timeout: 60_000 }, async () => {
    await practice.incident({ kind: 'forget-operation' })
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
  })

  it('that hangs can be stopped, and goes on later without being made twice', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.definition')
    const before = countOf(await practice.stats(), isPut('versions'))
    await practice.incident({ kind: 'hang-operation', match: 'PUT .*/versions/', count: 1 })
    const waiting = practice.go(run, 'image.version')
    const isWaiting = async () => (await practice.studio.engine.open(run)).running?.progress?.wait?.key
    await expect.poll(isWaiting, { interval: 20, timeout: 20_000 }).toBe('version')
    await practice.studio.engine.cancel(run)
    expect(await waiting).toMatchObject({ is: 'cancelled', step: 'image.version' })
    await practice.clear()
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    expect(countOf(await practice.stats(), isPut('versions'))).toBe(before + 1)
  })
})

describe('a name that is taken between the look and the request', () => {
  it.each([
    ['prepare.account', 'PUT .*/batchAccounts/[^/]+$', { mode: 'create', name: 'bistaken' }, 'Batch account'],
    ['prepare.storage', 'PUT .*/storageAccounts/[^/]+$', { mode: 'create', name: 'bistaken2' }, 'storage account'],
    ['pool.create', 'PUT .*/pools/[^/]+$', { name: 'taken-pool' }, 'pool'],
  ] as const)('is told, and what is theirs stays: %s', { timeout: 60_000 }, async (step, match, form, kind) => {
    const run = await practice.begin({ ...account, 'disk.choose': disk, [step]: form })
    await practice.go(run, before(step))
    await practice.incident({ kind: 'take-name', match, count: 1 })
    expect(await practice.go(run, step)).toMatchObject({
      step,
      error: { code: 'cloud.name-taken', params: { kind, name: form.name } },
    })
    expect(await practice.studio.engine.cleanUp(run)).toMatchObject({ left: [] })
    expect((await practice.stats()).resources.filter((id) => id.endsWith(`/${form.name}`))).toHaveLength(1)
  })
})

function before(step: StepId): StepId {
  const order: StepId[] = [
    'prepare.preflight',
    'prepare.account',
    'prepare.storage',
    'disk.upload',
    'image.gallery',
    'image.definition',
    'image.version',
    'pool.create',
  ]
  return order[order.indexOf(step) - 1]!
}
