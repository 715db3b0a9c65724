import { beforeAll, describe, expect, it } from 'vitest'
import type { PlanInputs } from '../../src/main/plan'
import { recipes, type StepId } from '../../src/shared/terms'
import { countOf } from '../support/command'
import { fullDisk, smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

const account: PlanInputs = {
  'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' },
}
/** Steps that ask the cloud for something, in the order of the recipe. */
const cloudSteps = recipes['from-disk'].filter(
  (step) => !['decide.image', 'connect.cloud', 'connect.signIn', 'disk.choose', 'disk.inspect'].includes(step),
)
const isStarted = (step: StepId) => (entry: { kind: string; step?: string }) =>
  entry.kind === 'started' && entry.step === step
const isVersionPut = /^PUT .*\/versions\/\{\}$/
const isPut = /^PUT \/subscriptions/

describe('tokens that are not taken any more', () => {
  it('at the start of every step of a run are replaced without a word', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    for (const step of cloudSteps) {
      practice.onFact(isStarted(step), () => practice.incident({ kind: 'expire-tokens' }))
    }
    const before = countOf(await practice.stats(), /token$/)
    expect(await practice.go(run)).toMatchObject({ is: 'finished' })
    const { steps } = await practice.stateOf(run)
    expect(cloudSteps.map((step) => [step, steps[step].attempts])).toEqual(cloudSteps.map((step) => [step, 1]))
    expect(countOf(await practice.stats(), /token$/)).toBeGreaterThanOrEqual(before + cloudSteps.length - 2)
    expect((await practice.stats()).repeatedPutTotal).toBe(0)
  })

  // One refusal after the first request of a kind: in the middle of the step, whatever else it asks.
  it.each([
    ['connect.scope', 'GET .*/locations'],
    ['prepare.account', 'GET .*/batchAccounts'],
    ['prepare.storage', 'PUT .*/storageAccounts/'],
    ['disk.upload', 'PUT .*comp=page'],
    ['image.gallery', 'PUT .*/galleries/[^/]+$'],
    ['image.definition', 'PUT .*/images/[^/]+$'],
    ['image.version', 'GET .*/versions/'],
    ['pool.create', 'PUT .*/pools/'],
    ['pool.canary', 'GET .*/nodes'],
    ['finish.verify', 'GET .*/pools/'],
    ['finish.cleanup', 'DELETE .*'],
  ] as const)('in the middle of %s are replaced without a word', { timeout: 60_000 }, async (step, match) => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    const order: readonly StepId[] = recipes['from-disk']
    await practice.go(run, order[order.indexOf(step) - 1]!)
    const before = countOf(await practice.stats(), /token$/)
    await practice.incident({ kind: 'expire-tokens', match, count: 1 })
    expect(await practice.go(run, step)).toMatchObject({ is: 'done' })
    expect(countOf(await practice.stats(), /token$/)).toBeGreaterThan(before)
    expect((await practice.stateOf(run)).steps[step].attempts).toBe(1)
    expect((await practice.stats()).repeatedPutTotal).toBe(0)
  })
})

describe('a sign-in that has ended for good', () => {
  it.each(['prepare.storage', 'disk.upload', 'image.version', 'pool.create'] as const)(
    'stops %s, and after signing in again nothing is made twice',
    { timeout: 90_000 },
    async (step) => {
      const run = await practice.begin({ ...account, 'disk.choose': disk })
      let puts = Infinity
      practice.onFact(isStarted(step), async () => {
        // Every token is refused from now on, new ones as well: only a person could help.
        await practice.incident({ kind: 'expire-tokens', match: '.*', count: 1_000_000 })
        puts = countOf(await practice.stats(), isPut)
      })
      const stopped = await practice.go(run, step)
      expect(stopped).toMatchObject({ step, error: { code: 'signIn.needed' } })
      await practice.clear()
      expect(await practice.go(run, 'connect.signIn')).toMatchObject({ is: 'done' })
      expect(await practice.go(run, step)).toMatchObject({ is: 'done' })
      expect(puts).toBeLessThan(Infinity)
      expect((await practice.stats()).repeatedPutTotal).toBe(0)
    },
  )
})

describe('a person whose sign-in ends in the middle of a step', () => {
  let owned: Practiced
  beforeAll(async () => {
    owned = await practised({ person: 'Olivia Owner', target: 'pageBlob' })
  }, 120_000)
  const progressOf = async (run: string) => (await owned.studio.engine.open(run)).running?.progress

  async function begun(before: StepId, inputs: PlanInputs): Promise<string> {
    const run = await owned.begin({ ...account, 'connect.signIn': { method: 'browser' }, ...inputs })
    await owned.go(run, 'connect.cloud')
    expect(await signedIn(run)).toMatchObject({ is: 'done' })
    expect(await owned.go(run, before)).toMatchObject({ is: 'done' })
    return run
  }
  async function signedIn(run: string) {
    const work = await owned.studio.engine.perform(run, 'connect.signIn')
    return work.ended
  }

  it('is asked to sign in again, and the upload sends what is missing', { timeout: 90_000 }, async () => {
    const inputs = { 'disk.choose': { file: await fullDisk() }, 'disk.upload': { connections: 1 } }
    const run = await begun('disk.inspect', inputs)
    await owned.incident({ kind: 'delay', match: 'PUT .*comp=page', count: 4, retryAfter: 1 })
    const uploading = owned.go(run, 'disk.upload')
    const sent = async () => (await progressOf(run))?.upload?.sentBytes ?? 0
    await expect.poll(sent, { interval: 20, timeout: 20_000 }).toBeGreaterThan(0)
    await owned.incident({ kind: 'expire-tokens', action: 'refresh' })
    expect(await uploading).toMatchObject({ step: 'disk.upload', error: { code: 'signIn.needed' } })
    await owned.clear()
    expect(await signedIn(run)).toMatchObject({ is: 'done' })
    expect(await owned.go(run, 'disk.upload')).toMatchObject({ is: 'done' })
    const { presentBytes } = await owned.outputOf(run, 'disk.upload')
    expect(presentBytes).toBeGreaterThan(0)
    expect((await owned.stats()).repeatedPutTotal).toBe(0)
  })

  it('is asked to sign in again, and the image version is waited for, not made anew', { timeout: 90_000 }, async () => {
    const run = await begun('image.definition', { 'disk.choose': disk })
    await owned.incident({ kind: 'hang-operation', match: 'PUT .*/versions/', count: 1 })
    const before = countOf(await owned.stats(), isVersionPut)
    const making = owned.go(run, 'image.version')
    await expect.poll(async () => (await progressOf(run))?.wait?.key, { interval: 20, timeout: 20_000 }).toBe('version')
    await owned.incident({ kind: 'expire-tokens', action: 'refresh' })
    expect(await making).toMatchObject({ step: 'image.version', error: { code: 'signIn.needed' } })
    await owned.clear()
    expect(await signedIn(run)).toMatchObject({ is: 'done' })
    expect(await owned.go(run, 'image.version')).toMatchObject({ is: 'done' })
    expect(countOf(await owned.stats(), isVersionPut)).toBe(before + 1)
  })
})

describe('a clock that is wrong', () => {
  it.each([10, -10, 40])('by %s minutes does no harm to tokens', { timeout: 60_000 }, async (minutes) => {
    await practice.incident({ kind: 'clock-offset', minutes })
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
  })

  it.each(['prepare.storage', 'disk.upload', 'image.version'] as const)(
    'by forty minutes ahead is told by what is wrong: %s',
    { timeout: 60_000 },
    async (step) => {
      const run = await practice.begin({ ...account, 'disk.choose': disk })
      practice.onFact(isStarted(step), () => practice.incident({ kind: 'clock-offset', minutes: -40 }))
      expect(await practice.go(run, step)).toMatchObject({
        step,
        error: { code: 'clock.wrong', params: { minutes: 40 } },
      })
      await practice.clear()
      expect(await practice.go(run, step)).toMatchObject({ is: 'done' })
    },
  )
})
