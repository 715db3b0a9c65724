import { rm } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCatalogs } from '../../src/main/catalogs'
import { createJournal, readJournal } from '../../src/main/engine/journal'
import type { JournalEntry } from '../../src/shared/run'
import { listUsages } from '../../src/main/azure/usages'
import { openLog } from '../../src/main/log'
import { lookAt } from '../../src/main/steps/prepare-preflight'
import type { PreflightView } from '../../src/shared/contract'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised()
  disk = { file: await smallDisk() }
}, 120_000)

const careful = { 'prepare.preflight': { acceptedRisks: [] } }
const otherSubscription = '7a46e9d0-1b8f-4e52-bc30-58f1a2c7d964'
const shared = '/subscriptions/0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08/resourceGroups/practice-shared'
const chosenAccount = { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' }

async function blocksOf(run: string): Promise<string> {
  const { error } = await practice.go(run, 'prepare.preflight')
  expect(error?.code).toBe('preflight.blocked')
  return String(error?.params['checks'])
}

async function requestsFor(name: string): Promise<number> {
  return (await practice.stats()).requests[name] ?? 0
}

describe('the resource group', () => {
  it('is made by the preflight, and nothing before it', { timeout: 60_000 }, async () => {
    const run = await practice.begin({})
    await practice.go(run, 'connect.scope')
    expect((await practice.stateOf(run)).resources).toEqual([])
    expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
    const state = await practice.stateOf(run)
    expect(state.resources).toMatchObject([{ what: 'resource group', step: 'prepare.preflight' }])
    expect((await practice.stats()).resources).toContain(state.resources[0]!.id)
  })

  it('that an earlier version made with the scope is taken over and removed again', { timeout: 60_000 }, async () => {
    const run = await practice.begin({})
    await practice.go(run, 'prepare.preflight')
    const journal = path.join(practice.folder, 'runs', run, 'journal.jsonl')
    const { entries } = await readJournal(journal)
    const [first, ...rest] = entries
      .filter((entry) => !('step' in entry) || entry.step !== 'prepare.preflight' || entry.kind === 'making')
      .map((entry, at): JournalEntry => ({ ...entry, seq: at + 1 }))
      .map((entry) => (entry.kind === 'making' ? { ...entry, step: 'connect.scope' as const } : entry))
    await rm(journal)
    const writer = await createJournal(journal, first as JournalEntry & { kind: 'run' }, () => new Date())
    for (const fact of rest) await writer.append(fact)
    await writer.close()
    const [group] = (await practice.stateOf(run)).resources
    expect(group).toMatchObject({ what: 'resource group', step: 'connect.scope' })
    expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
    expect((await practice.stateOf(run)).resources).toHaveLength(1)
    const { removed } = await practice.studio.engine.cleanUp(run, { alsoRemove: [group!.id] })
    expect(removed).toEqual([group!.id])
    expect((await practice.stats()).resources).not.toContain(group!.id)
  })
})

describe('services of a subscription', () => {
  const place = { 'connect.scope': { subscriptionId: otherSubscription, region: 'northeurope' } }

  it('are switched on with consent only', { timeout: 60_000 }, async () => {
    const without = { 'prepare.preflight': { acceptedRisks: [], register: false } }
    const refusing = await practice.begin({ ...place, ...without })
    expect(await blocksOf(refusing)).toBe('provider Microsoft.Batch')
    expect((await practice.stateOf(refusing)).resources).toEqual([])
    expect(await requestsFor('POST /subscriptions/{}/providers/{}/register')).toBe(0)
    const run = await practice.begin({ ...place, ...careful })
    expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
    const output = await practice.outputOf(run, 'prepare.preflight')
    expect(output.registered).toEqual(['Microsoft.Batch'])
    expect(output.look?.rows.filter(({ family }) => family === 'providers').map(({ severity }) => severity)).toEqual([
      'ok',
      'ok',
      'ok',
    ])
  })
})

describe('what would fail later', () => {
  it('is a quota of 0 in one family, with sizes that have room', { timeout: 60_000 }, async () => {
    const run = await practice.begin({
      ...careful,
      'prepare.account': chosenAccount,
      'pool.create': { vmSize: 'Standard_NC4as_T4_v3' },
    })
    expect(await blocksOf(run)).toBe('quota family')
    await practice.studio.engine.setInput(run, 'pool.create', { vmSize: 'Standard_D4s_v3' })
    expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
  })

  it(
    'is a node agent whose end the cloud tells, though the account does not exist yet',
    { timeout: 60_000 },
    async () => {
      const run = await practice.begin({ ...careful, 'pool.create': { nodeAgentSku: 'batch.node.debian 11' } })
      expect(await blocksOf(run)).toBe('retirement agent')
      await practice.studio.engine.setInput(run, 'pool.create', { nodeAgentSku: 'batch.node.debian 12' })
      expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
    },
  )

  it('is a node agent that Batch does not offer, whatever was its end', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...careful, 'pool.create': { nodeAgentSku: 'batch.node.ubuntu 20.04' } })
    expect(await blocksOf(run)).toBe('retirement agent')
    await practice.studio.engine.setInput(run, 'pool.create', { nodeAgentSku: 'batch.node.plan9 4' })
    expect(await blocksOf(run)).toBe('retirement agent')
  })

  it('is an account in another region', { timeout: 60_000 }, async () => {
    const run = await practice.begin({
      ...careful,
      'connect.scope': { region: 'northeurope' },
      'prepare.account': chosenAccount,
    })
    expect(await blocksOf(run)).toContain('region Batch account')
  })

  it('may be risked deliberately', { timeout: 60_000 }, async () => {
    const run = await practice.begin({
      'prepare.account': chosenAccount,
      'pool.create': { vmSize: 'Standard_NC4as_T4_v3' },
      'prepare.preflight': { acceptedRisks: ['quota family'] },
    })
    expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
    const output = await practice.outputOf(run, 'prepare.preflight')
    expect(output.acceptedRisks).toEqual(['quota family'])
  })
})

describe('an account that is used already', () => {
  it('has room for the pool that this run has made in it', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ 'prepare.account': chosenAccount, 'disk.choose': disk })
    const quotas = async () => {
      const catalogs = createCatalogs(practice.folder, openLog(practice.folder))
      const signal = AbortSignal.timeout(30_000)
      const about = { signal, now: () => new Date(), catalog: catalogs.read.bind(catalogs) }
      const { rows } = await lookAt(await practice.studio.cloudOf(run), await practice.stateOf(run), true, about)
      return rows.filter(({ family }) => family === 'quotas').map(({ id, params }) => [id, params['used']])
    }
    await practice.go(run, 'prepare.account')
    const before = await quotas()
    expect(before.map(([id]) => id)).toContain('quota pools')
    expect(await practice.go(run, 'pool.canary')).toMatchObject({ is: 'done' })
    expect(await quotas()).toEqual(before)
  })

  it('is taken without the right to list sizes, which only spares a later surprise', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ 'prepare.account': chosenAccount })
    await practice.incident({ kind: 'forbid', match: 'GET .*/virtualMachineSkus' })
    expect(await practice.go(run, 'prepare.account')).toMatchObject({ is: 'done' })
  })
})

describe('an account in user subscription mode', () => {
  const risks = ['vault', 'quota family', 'quota total']
  const vault = (name: string) => `${shared}/providers/Microsoft.KeyVault/vaults/${name}`
  const mode = (name: string) => ({
    ...careful,
    'prepare.account': { mode: 'create', allocationMode: 'UserSubscription', vault: vault(name) },
  })

  it('is refused with a vault of the other permission model, also by Azure itself', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...mode('practice-rbac-vault'), ...careful })
    expect(await blocksOf(run)).toBe('vault')
    await practice.studio.engine.setInput(run, 'prepare.preflight', { acceptedRisks: ['vault'] })
    expect(await practice.go(run, 'prepare.account')).toMatchObject({
      step: 'prepare.account',
      error: { code: 'account.vault-unfit', params: { name: 'practice-rbac-vault' } },
    })
  })

  it('in another region than its vault is refused by Azure as well, in words that name the vault', async () => {
    const form = { ...mode('practice-vault')['prepare.account'], name: 'bisregion' }
    const run = await practice.begin({ 'prepare.account': form, 'connect.scope': { region: 'northeurope' } })
    const failed = await practice.go(run, 'prepare.account')
    expect(failed).toMatchObject({
      step: 'prepare.account',
      error: {
        code: 'account.vault-unfit',
        params: { name: 'practice-vault', region: 'northeurope' },
        details: { serviceCode: 'InvalidKeyVaultReference' },
      },
    })
    // The other mode needs no vault.
    await practice.studio.engine.setInput(run, 'prepare.account', {
      ...form,
      allocationMode: 'BatchService',
    })
    expect(await practice.go(run, 'prepare.account')).toMatchObject({ is: 'done' })
  })

  it('runs to an idle node whose cores the subscription counts', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ ...mode('practice-vault'), 'disk.choose': disk })
    await practice.go(run, 'connect.scope')
    const cores = async () => {
      const usages = await listUsages(await practice.studio.cloudOf(run), shared.split('/')[2]!, 'westeurope')
      return usages.find(({ name }) => name === 'cores')!
    }
    // Pools that were there before hold some too.
    const before = await cores()
    expect(await practice.go(run, 'finish.verify')).toMatchObject({ is: 'done' })
    const { steps } = await practice.stateOf(run)
    expect(steps['prepare.account'].output).toMatchObject({ allocationMode: 'UserSubscription' })
    expect(steps['pool.canary'].output).toMatchObject({ state: 'idle' })
    const second = await practice.begin({ ...mode('practice-vault'), ...careful })
    expect(await practice.go(second, 'prepare.preflight')).toMatchObject({ error: { code: 'preflight.blocked' } })
    expect(await cores()).toMatchObject({ used: before.used + 2, limit: 40 })
  })

  it(
    'is not said to work where nobody can tell whether the Batch service has a role',
    { timeout: 60_000 },
    async () => {
      const run = await practice.begin({
        ...mode('practice-vault'),
        'connect.scope': { subscriptionId: otherSubscription, region: 'westeurope' },
      })
      expect(await blocksOf(run)).toContain('vault')
      await practice.studio.engine.setInput(run, 'prepare.preflight', { acceptedRisks: risks })
      await practice.go(run, 'prepare.preflight')
      const output = await practice.outputOf(run, 'prepare.preflight')
      const principal = output.look?.rows.find(({ id }) => id === 'batch principal')
      expect(principal).toMatchObject({ severity: 'unknown', text: 'principalUnsure' })
      expect(await practice.go(run, 'prepare.account')).toMatchObject({ error: { code: 'account.service-role' } })
    },
  )
})

describe('fresh looks', () => {
  const permissions = 'GET /subscriptions/{}/providers/Microsoft.Authorization/permissions'

  it('go on while somebody watches and something blocks, and stop with them', { timeout: 60_000 }, async () => {
    const run = await practice.begin({
      ...careful,
      'prepare.account': chosenAccount,
      'pool.create': { vmSize: 'Standard_NC4as_T4_v3' },
    })
    await practice.go(run, 'connect.scope')
    const views: PreflightView[] = []
    const stop = practice.studio.preflight.watch(run, (view) => views.push(view))
    const looks = () => new Set(views.flatMap(({ look }) => (look ? [look.at] : []))).size
    await expect.poll(looks, { timeout: 30_000 }).toBeGreaterThan(2)
    expect(views.at(-1)?.look?.rows.some(({ id, severity }) => id === 'quota family' && severity === 'block')).toBe(
      true,
    )
    stop()
    const before = await requestsFor(permissions)
    const another = await practice.begin(careful)
    await practice.go(another, 'connect.scope')
    await practice.stats()
    expect(await requestsFor(permissions)).toBe(before)
    expect((await practice.stateOf(run)).steps['prepare.preflight'].attempts).toBe(0)
  })

  it('follow what is changed in another form, and then rest', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...careful, 'prepare.account': chosenAccount })
    await practice.go(run, 'connect.scope')
    let view: PreflightView | null = null
    const stop = practice.studio.preflight.watch(run, (next) => (view = next))
    const said = () => view?.look?.rows.filter(({ severity }) => severity === 'block').map(({ id }) => id)
    await expect.poll(said, { timeout: 30_000 }).toEqual([])
    await practice.studio.engine.setInput(run, 'pool.create', { vmSize: 'Standard_NC4as_T4_v3' })
    await expect.poll(said, { timeout: 30_000 }).toEqual(['quota family'])
    await practice.studio.engine.setInput(run, 'pool.create', { vmSize: 'Standard_D2s_v3' })
    await expect.poll(said, { timeout: 30_000 }).toEqual([])
    await expect.poll(() => view?.nextLookAt).toBeNull()
    stop()
  })

  it('go on after the run has worked on something else meanwhile', { timeout: 60_000 }, async () => {
    const run = await practice.begin({
      ...careful,
      'prepare.account': chosenAccount,
      'pool.create': { vmSize: 'Standard_NC4as_T4_v3' },
      'disk.choose': disk,
    })
    await practice.go(run, 'connect.scope')
    const views: PreflightView[] = []
    const stop = practice.studio.preflight.watch(run, (view) => views.push(view))
    await expect.poll(() => views.at(-1)?.nextLookAt, { timeout: 30_000 }).toBeTruthy()
    await practice.incident({ kind: 'delay', match: 'GET /subscriptions', retryAfter: 1 })
    const { ended } = await practice.studio.engine.perform(run, 'connect.scope')
    await ended
    await practice.clear()
    const seen = views.length
    await expect
      .poll(() => views.slice(seen).some(({ look, isLooking }) => look && !isLooking), { timeout: 30_000 })
      .toBe(true)
    stop()
  })

  it('say what is wrong where nothing can be asked, instead of a page of unknowns', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...careful, 'prepare.account': chosenAccount })
    await practice.go(run, 'connect.scope')
    await practice.incident({ kind: 'clock-offset', minutes: -40 })
    let view: PreflightView | null = null
    const stop = practice.studio.preflight.watch(run, (next) => (view = next))
    await expect.poll(() => view?.error?.code, { timeout: 30_000 }).toBe('clock.wrong')
    expect(view).toMatchObject({ look: null })
    stop()
  })

  it('are not made before anybody asked this cloud for anything', { timeout: 60_000 }, async () => {
    const run = await practice.begin(careful)
    const before = await requestsFor(permissions)
    const stop = practice.studio.preflight.watch(run, () => undefined)
    practice.studio.preflight.lookNow(run)
    await practice.stats()
    expect(await requestsFor(permissions)).toBe(before)
    stop()
  })
})
