import { beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../src/main/azure/run-command'
import { listExtensions, removeExtension } from '../../src/main/azure/vms'
import type { PlanInputs } from '../../src/main/plan'
import { generalizeTicket } from '../../src/shared/vm-checks'
import { part } from '../support/parts'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
}, 120_000)

const windows: PlanInputs = {
  'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' },
  'vm.plan': {
    image: {
      publisher: 'microsoftwindowsserver',
      offer: 'windowsserver',
      sku: '2022-datacenter-g2',
      version: 'latest',
    },
  },
  'vm.create': { adminUser: 'builder', auth: 'password' },
  'vm.install': { parts: [], done: true },
}

const begin = (inputs: PlanInputs) => practice.begin({ ...windows, ...inputs }, 'from-vm')

/** As an administrator of the subscription would do it, instead of pasting; what that leaves behind is taken away. */
async function openChannel(run: string): Promise<string> {
  const cloud = await practice.studio.cloudOf(run)
  const { id } = await practice.outputOf(run, 'vm.create')
  const script = await practice.studio.channelScript(run)
  const { stdout } = await runCommand(cloud, id, { osType: 'Windows', lines: script.split('\n') })
  for (const { name } of await listExtensions(cloud, id)) await removeExtension(cloud, id, name)
  await expect.poll(() => listExtensions(cloud, id), { timeout: 30_000 }).toEqual([])
  return stdout
}

/** A person compares what the script told with what is asked. */
async function enter(run: string, told: string): Promise<void> {
  const { sessions } = practice.studio
  sessions.end(run)
  const session = await sessions.open({ kind: 'run', run })
  const asked = () => sessions.view(session).question
  await expect.poll(asked, { timeout: 30_000 }).toMatchObject({ kind: 'hostKey' })
  expect(told).toContain((asked() as { fingerprint: string }).fingerprint)
  sessions.answer(session, { kind: 'hostKey', trust: true })
  await expect.poll(() => sessions.view(session).state, { timeout: 30_000 }).toBe('ready')
}

describe('a Windows build VM', { timeout: 120_000 }, () => {
  it('is copied as it is where nobody gets in, and the output says so', async () => {
    const run = await begin({})
    expect(await practice.go(run, 'vm.snapshot')).toMatchObject({ is: 'done' })
    expect(await practice.outputOf(run, 'vm.snapshot')).toMatchObject({ flushed: false })
  })

  it('is entered by its control channel, prepared, and generalized with evidence', async () => {
    const run = await begin({ 'vm.install': { parts: [part('note', "'hello' | Out-File C:\\note.txt")], done: false } })
    expect(await practice.go(run, 'vm.install')).toMatchObject({ error: { code: 'recipe.no-channel' } })
    const { picture, power } = await practice.studio.screen(run)
    expect({ power, kind: Buffer.from(picture!).toString('latin1', 0, 2) }).toEqual({ power: 'running', kind: 'BM' })
    await enter(run, await openChannel(run))
    expect(await practice.go(run, 'vm.install')).toMatchObject({ is: 'done' })
    const signal = AbortSignal.timeout(60_000)
    const remote = await practice.studio.sessions.connect(run, signal)
    // What an extension leaves on the disk when it goes.
    const folder = "'C:\\Packages\\Plugins\\Contoso.Watch'"
    await remote.script(`New-Item -ItemType Directory -Path ${folder} | Out-Null`, { signal })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({
      error: { code: 'generalize.blocked', params: { checks: 'vm.extensions' } },
    })
    await remote.script(`Remove-Item -Path ${folder} -Recurse -Force`, { signal })
    await practice.incident({ kind: 'fail-sysprep', action: 'appx', count: 1 })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ error: { code: 'generalize.appx' } })
    await practice.incident({ kind: 'fail-sysprep', action: 'dsc', count: 1 })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({
      error: { code: 'generalize.sysprep-failed', params: { cause: 'dsc' } },
    })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ is: 'done' })
    expect((await practice.outputOf(run, 'vm.generalize')).evidence).toEqual([
      { id: 'imageState', detail: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE' },
      { id: 'channel', detail: 'Disabled' },
    ])
  })

  it('fails for a restart that is due although somebody took that risk, and goes on after the restart', async () => {
    const run = await begin({
      'vm.create': { adminUser: 'builder', auth: 'password', channel: 'byAzure' },
      'vm.generalize': { acceptedRisks: ['vm.restart'], confirmed: true },
    })
    expect(await practice.go(run, 'vm.snapshot')).toMatchObject({ is: 'done' })
    expect(await practice.outputOf(run, 'vm.snapshot')).toMatchObject({ flushed: true })
    const signal = AbortSignal.timeout(60_000)
    const remote = await practice.studio.sessions.connect(run, signal)
    // What the servicing of Windows leaves when an update or a feature is not done before a restart.
    const key = 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending'
    await remote.script(`New-Item -Path '${key}' | Out-Null`, { signal })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({
      is: 'failed',
      error: {
        code: 'generalize.sysprep-failed',
        params: { cause: 'restart' },
        details: { message: expect.stringContaining('0x0f0085') as string },
      },
    })
    expect(generalizeTicket((await practice.stateOf(run)).steps['vm.generalize'].ticket).look?.rows).toContainEqual({
      ...{ id: 'vm.restart', severity: 'block' },
      params: { names: 'Component Based Servicing' },
    })
    const again = await practice.studio.sessions.connect(run, signal)
    await again.restart(signal)
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ is: 'done' })
  })

  it('gets its channel by Azure, which leaves nothing of that in the image, and its host keys are known at once', async () => {
    const run = await begin({
      'vm.create': { adminUser: 'builder', auth: 'password', channel: 'byAzure' },
      'vm.install': { parts: [part('note', "'hello' | Out-File C:\\note.txt")], done: false },
    })
    expect(await practice.go(run, 'vm.install')).toMatchObject({ is: 'done' })
    const { id, hostKeys } = await practice.outputOf(run, 'vm.create')
    expect(hostKeys).not.toEqual([])
    const { sessions } = practice.studio
    const session = await sessions.open({ kind: 'run', run })
    await expect.poll(() => sessions.view(session).state, { timeout: 30_000 }).toBe('ready')
    const { hostKey } = sessions.view(session)
    expect(hostKey?.proof).toBe('serialLog')
    expect(hostKeys).toContain(hostKey?.fingerprint)
    expect(await listExtensions(await practice.studio.cloudOf(run), id)).toEqual([])
    expect(await practice.go(run, 'pool.canary')).toMatchObject({ is: 'done' })
    expect((await practice.outputOf(run, 'pool.canary')).state).toBe('idle')
  })
})
