import { beforeAll, describe, expect, it } from 'vitest'
import { countOf } from '../support/command'
import { fullDisk, smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

// The account that is there: a subscription may have few of its own.
const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }
const isStarted = (step: string) => (entry: { kind: string; step?: string }) =>
  entry.kind === 'started' && entry.step === step
const isTicket = (entry: { kind: string; step?: string }) => entry.kind === 'ticket' && entry.step === 'disk.upload'
const isPutPool = /^PUT .*\/pools\/\{\}$/

describe('a right that is missing', () => {
  it('is named, and granted later the run goes on', { timeout: 60_000 }, async () => {
    const action = 'Microsoft.Compute/galleries/write'
    await practice.incident({ kind: 'forbid', match: 'PUT .*/galleries/[^/]+$', count: 1, action })
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    expect(await practice.go(run)).toMatchObject({
      step: 'image.gallery',
      error: { code: 'cloud.forbidden', params: { action }, details: { status: 403 } },
    })
    expect(await practice.go(run, 'image.gallery')).toMatchObject({ is: 'done' })
  })
})

describe('a quota of zero', () => {
  it('is told before a pool is made', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.version')
    await practice.incident({ kind: 'quota-zero' })
    const before = countOf(await practice.stats(), isPutPool)
    expect(await practice.go(run)).toMatchObject({
      step: 'pool.create',
      error: { code: 'quota.cores', params: { limit: 0 } },
    })
    expect(countOf(await practice.stats(), isPutPool)).toBe(before)
  })
})

describe('a quota too small for what is wanted later', () => {
  it('is told before a pool is made', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk, 'pool.canary': { dedicated: 2000 } })
    expect(await practice.go(run)).toMatchObject({
      step: 'pool.create',
      error: { code: 'quota.cores', params: { needed: 4000 } },
    })
  })
})

describe('trouble on the way', () => {
  it('a token that expires during the upload is replaced without a word', { timeout: 90_000 }, async () => {
    const run = await practice.begin({
      ...account,
      'disk.choose': { file: await fullDisk() },
      'disk.upload': { connections: 1 },
    })
    let tokensBefore = Infinity
    practice.onFact(isTicket, async () => {
      tokensBefore = countOf(await practice.stats(), /token$/)
      await practice.incident({ kind: 'expire-tokens' })
    })
    expect(await practice.go(run, 'disk.upload')).toMatchObject({ is: 'done' })
    expect((await practice.stateOf(run)).steps['disk.upload'].attempts).toBe(1)
    expect(countOf(await practice.stats(), /token$/)).toBeGreaterThan(tokensBefore)
  })

  it('a network that is cut during the upload is waited for', { timeout: 90_000 }, async () => {
    await practice.incident({ kind: 'cut', match: 'PUT .*\\.vhd', count: 3 })
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    expect(await practice.go(run, 'disk.upload')).toMatchObject({ is: 'done' })
    expect((await practice.stats()).repeatedPutTotal).toBe(0)
  })

  it('a network that is cut while waiting is waited for', { timeout: 90_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.definition')
    practice.onFact(
      (entry) => entry.kind === 'making' && entry.resource.what === 'image version',
      () => practice.incident({ kind: 'cut', match: 'GET .*/versions/', count: 4 }),
    )
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
  })

  it.each([
    ['429', 'throttle'],
    ['503', 'unavailable'],
  ])('%s with Retry-After is obeyed and nothing made twice', { timeout: 90_000 }, async (_status, kind) => {
    for (const match of ['PUT .*/galleries/', 'PUT .*/pools/', 'PUT .*\\.vhd', 'GET .*/versions/', 'GET .*/nodes']) {
      await practice.incident({ kind, match, count: 2, retryAfter: 1 })
    }
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    const before = (await practice.stats()).resourceCounts['Microsoft.Batch/batchAccounts/pools'] ?? 0
    expect(await practice.go(run)).toMatchObject({ is: 'finished' })
    const after = await practice.stats()
    expect(after.resourceCounts['Microsoft.Batch/batchAccounts/pools']).toBe(before + 1)
    expect(after.repeatedPutTotal).toBe(0)
  })

  it('a practice cloud that stops is started again and the wait goes on', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.definition')
    practice.onFact(isStarted('image.version'), () => practice.studio.practice.stop())
    expect(await practice.go(run)).toMatchObject({ is: 'finished' })
  })

  it('an image that Azure rejects is told with its reason, and can be made anew', { timeout: 90_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.definition')
    await practice.incident({ kind: 'fail-operation', match: 'PUT .*/versions/', count: 1 })
    const failed = await practice.go(run)
    expect(failed).toMatchObject({ step: 'image.version', error: { code: 'image.rejected' } })
    expect(failed.error!.details.message).toContain('An internal execution error occurred.')
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
  })

  it.each([
    ['prepare.account', 'PUT .*/batchAccounts/[^/]+$', { mode: 'create', name: 'bisfailing' }],
    ['prepare.storage', 'PUT .*/storageAccounts/[^/]+$', {}],
    ['image.gallery', 'PUT .*/galleries/[^/]+$', {}],
    ['image.definition', 'PUT .*/images/[^/]+$', {}],
  ])('%s that Azure gives up on is told with Azure’s own reason', { timeout: 60_000 }, async (step, match, form) => {
    const run = await practice.begin({ ...account, 'disk.choose': disk, [step]: form })
    await practice.incident({ kind: 'fail-operation', match, count: 1, action: 'InternalOperationError' })
    expect(await practice.go(run)).toMatchObject({
      step,
      error: {
        code: 'cloud.operation-failed',
        params: { reason: 'An internal execution error occurred.' },
        details: { serviceCode: 'InternalOperationError' },
      },
    })
  })
})

describe('an uploaded disk that is gone', () => {
  it('is told as such, not as an image version that is missing', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.definition')
    const { blobUrl } = await practice.outputOf(run, 'disk.upload')
    await (await (await practice.studio.cloudOf(run)).pageBlob(blobUrl!)).delete()
    expect(await practice.go(run)).toMatchObject({
      step: 'image.version',
      error: { code: 'upload.target-missing', params: { blob: blobUrl }, details: { status: 404 } },
    })
  })
})

describe('an image that does not work', () => {
  it('shows at the first node, with the causes', { timeout: 90_000 }, async () => {
    const run = await practice.begin({
      ...account,
      'disk.choose': disk,
      'pool.create': { nodeAgentSku: 'batch.node.el 9' },
    })
    expect(await practice.go(run)).toMatchObject({ step: 'pool.canary', error: { code: 'pool.wrong-agent' } })
  })

  it('is not hidden by a start task that fails', { timeout: 90_000 }, async () => {
    const run = await practice.begin({
      ...account,
      'disk.choose': disk,
      'pool.create': { startTask: '/bin/sh -c "exit 3"' },
    })
    expect(await practice.go(run)).toMatchObject({
      step: 'pool.canary',
      error: { code: 'pool.start-task-failed', params: { exitCode: 3 } },
    })
  })

  it('grows to the wanted numbers only after the first node is good', { timeout: 90_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk, 'pool.canary': { dedicated: 2, spot: 1 } })
    expect(await practice.go(run)).toMatchObject({ is: 'finished' })
    const canary = await practice.outputOf(run, 'pool.canary')
    expect(canary).toMatchObject({ state: 'idle', dedicated: 2, spot: 1 })
  })
})
