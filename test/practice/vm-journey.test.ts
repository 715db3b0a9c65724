import { beforeAll, describe, expect, it } from 'vitest'
import type { Cloud } from '../../src/main/azure/cloud'
import { getGroup, listGroupResources } from '../../src/main/azure/groups'
import { getDefinition } from '../../src/main/azure/image-definitions'
import { getVersion } from '../../src/main/azure/image-versions'
import { getSecurityGroup } from '../../src/main/azure/security-groups'
import { getPool } from '../../src/main/azure/pools'
import { getVm, getVmView } from '../../src/main/azure/vms'
import type { StepId } from '../../src/shared/terms'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
}, 120_000)

const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }
/** What was done in the VM is in the example; these tests look at the cloud. */
const byHand = { ...account, 'vm.install': { parts: [], done: true } }

async function listed(run: string): Promise<string[]> {
  return (await practice.stateOf(run)).resources.map(({ what }) => what)
}

function cloudOf(run: string): Promise<Cloud> {
  return practice.studio.cloudOf(run)
}

describe('a run from a Marketplace image', () => {
  it('ends with an idle node, and nothing of the build VM is left', { timeout: 120_000 }, async () => {
    const run = await practice.begin(account, 'from-vm')
    expect(await practice.go(run)).toMatchObject({ is: 'finished' })
    expect(await practice.outputOf(run, 'pool.canary')).toMatchObject({ state: 'idle' })
    expect((await practice.outputOf(run, 'finish.verify')).checks.map(({ id, ok }) => [id, ok])).toEqual(
      ['vmCostsNothing', 'vmIsShut', 'versionState', 'versionSource', 'poolImage', 'nodeIdle'].map((id) => [id, true]),
    )
    expect(await listed(run)).toEqual(['resource group', 'gallery', 'image definition', 'image version', 'pool'])
    const cloud = await cloudOf(run)
    const { id } = await practice.outputOf(run, 'vm.create')
    expect(await getGroup(cloud, id.slice(0, id.indexOf('/providers/')))).toBeNull()
    expect(await practice.studio.vmKeys.privateKey(run)).toBeNull()
    const { skipped, done } = await statusesOf(run)
    expect({ skipped, done: done.length }).toEqual({ skipped: ['vm.restore'], done: 21 })
  })

  it('with trusted launch makes an image and a pool of that type', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ ...byHand, 'vm.plan': { securityType: 'TrustedLaunch' } }, 'from-vm')
    expect(await practice.go(run, 'pool.create')).toMatchObject({ is: 'done' })
    const cloud = await cloudOf(run)
    expect(await getVm(cloud, (await practice.outputOf(run, 'vm.create')).id)).toMatchObject({
      securityType: 'TrustedLaunch',
    })
    const definition = await practice.outputOf(run, 'image.definition')
    expect(await getDefinition(cloud, definition.id)).toMatchObject({ securityType: 'TrustedLaunch' })
    const { id } = await practice.outputOf(run, 'pool.create')
    expect((await getPool(cloud, id))?.furtherSettings).toEqual(['securityProfile'])
  })

  async function statusesOf(run: string) {
    const { steps } = await practice.stateOf(run)
    const of = (status: string) => Object.keys(steps).filter((id) => steps[id as StepId].status === status)
    const inRecipe = (id: string) => !['prepare.storage', 'disk.choose', 'disk.inspect', 'disk.upload'].includes(id)
    return { skipped: of('skipped').filter(inRecipe), done: of('done') }
  }
})

describe('the build VM', () => {
  it('lets nobody in but while somebody works with it', { timeout: 60_000 }, async () => {
    const run = await practice.begin(byHand, 'from-vm')
    await practice.go(run, 'vm.create')
    const made = await practice.outputOf(run, 'vm.create')
    expect(made).toMatchObject({ reach: 'answers', source: '198.51.100.7/32', port: 22 })
    expect(made.hostKeys.length).toBeGreaterThan(0)
    const cloud = await cloudOf(run)
    const rules = async () => (await getSecurityGroup(cloud, made.nsgId))?.rules
    expect(await rules()).toEqual([])
    await practice.studio.sessions.connect(run, AbortSignal.timeout(20_000))
    expect(await rules()).toMatchObject([{ sources: ['198.51.100.7/32'], ports: ['22'], isAllowed: true }])
    practice.studio.sessions.end(run)
    await expect.poll(rules, { timeout: 20_000 }).toEqual([])
  })

  it('is refused a range that lets anybody in, unless it is meant so', { timeout: 60_000 }, async () => {
    const open = { ...byHand, 'vm.create': { sourceCidr: '0.0.0.0/0' } }
    const run = await practice.begin(open, 'from-vm')
    expect(await practice.go(run, 'vm.create')).toMatchObject({ error: { code: 'vm.open-to-all' } })
    expect(await listed(run)).toEqual(['resource group'])
    await practice.studio.engine.setInput(run, 'vm.create', { sourceCidr: '0.0.0.0/0', acceptAnyone: true })
    expect(await practice.go(run, 'vm.create')).toMatchObject({ is: 'done' })
    expect(await practice.outputOf(run, 'vm.create')).toMatchObject({ source: '0.0.0.0/0' })
  })
})

describe('the way back', () => {
  it('brings a marked VM back as it was, and what read it is done again', { timeout: 120_000 }, async () => {
    const run = await practice.begin(byHand, 'from-vm')
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    const before = await practice.outputOf(run, 'vm.create')
    const first = await practice.outputOf(run, 'image.version')
    await practice.studio.engine.setInput(run, 'vm.restore', { times: 1 })
    const work = await practice.studio.engine.perform(run, 'vm.restore')
    expect(await work.ended).toMatchObject({ is: 'done' })
    const cloud = await cloudOf(run)
    expect(await getVmView(cloud, before.id)).toMatchObject({ power: 'running', isGeneralized: false })
    expect((await getVm(cloud, before.id))?.osDiskId).toMatch(/-os-1$/)
    const { steps } = await practice.stateOf(run)
    const again = (['vm.generalize', 'vm.deallocate', 'vm.mark', 'image.version'] as const).map(
      (id) => steps[id].status,
    )
    expect(again).toEqual(['todo', 'todo', 'todo', 'todo'])
    expect([steps['vm.install'].status, steps['vm.snapshot'].status]).toEqual(['done', 'done'])
    // The example names the version; the app proposes a free one.
    expect(await practice.go(run, 'image.version')).toMatchObject({
      ...{ is: 'blocked', step: 'vm.generalize' },
      error: { code: 'image.version-taken', params: { version: '1.0.0', next: '1.0.1' } },
    })
    const remote = await practice.studio.sessions.connect(run, AbortSignal.timeout(20_000))
    expect(await remote.exec('whoami', { signal: AbortSignal.timeout(20_000) })).toMatchObject({
      stdout: 'azureuser\n',
    })
    await practice.studio.engine.setInput(run, 'image.version', { version: '1.0.1' })
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    const second = await practice.outputOf(run, 'image.version')
    expect([first.version, second.version]).toEqual(['1.0.0', '1.0.1'])
    expect(await getVersion(cloud, second.id)).toMatchObject({ state: 'Succeeded', source: before.id })
    const left = await practice.studio.engine.cleanUp(run)
    expect(left.left).toEqual([])
    expect(await listGroupResources(cloud, before.id.slice(0, before.id.indexOf('/providers/')))).toEqual([])
  })

  it('is not there where no snapshot was wanted', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...byHand, 'vm.snapshot': { wanted: false } }, 'from-vm')
    await practice.go(run, 'vm.snapshot')
    await practice.studio.engine.setInput(run, 'vm.restore', { times: 1 })
    expect(await practice.go(run, 'vm.restore')).toMatchObject({ is: 'failed', error: { code: 'vm.no-snapshot' } })
  })
})
