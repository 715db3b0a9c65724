import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { partsOf } from '../../src/main/azure/ids'
import { getVmView } from '../../src/main/azure/vms'
import type { PlanInputs } from '../../src/main/plan'
import { deprovisionScript } from '../../src/main/steps/generalize-linux'
import { partStates, type Part } from '../../src/shared/parts'
import { readyPart, readyParts, type ReadyPartId } from '../../src/shared/ready-parts'
import { generalizeTicket } from '../../src/shared/vm-checks'
import { part } from '../support/parts'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
}, 120_000)

const account = { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' }

const begin = (inputs: PlanInputs) => practice.begin({ 'prepare.account': account, ...inputs }, 'from-vm')

const installing = (...parts: Part[]) => ({ 'vm.install': { parts } })
const partsIn = async (run: string) => partStates((await practice.stateOf(run)).steps['vm.install'].ticket)

describe('a recipe in a build VM', { timeout: 120_000 }, () => {
  it('installs, restarts and checks; then the system is generalized, with evidence', async () => {
    const run = await begin(
      installing(
        part('boots', 'cat /proc/sys/kernel/random/boot_id > /var/tmp/before', {
          reboot: true,
          check: '! grep -qxF "$(cat /proc/sys/kernel/random/boot_id)" /var/tmp/before',
        }),
        part('tools', 'apt-get update\napt-get -y install ffmpeg', { check: 'command -v ffmpeg' }),
      ),
    )
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ is: 'done' })
    expect((await partsIn(run)).map(({ id, status, exitCode }) => [id, status, exitCode])).toEqual([
      ['boots', 'done', 0],
      ['tools', 'done', 0],
    ])
    expect(await practice.outputOf(run, 'vm.snapshot')).toMatchObject({ flushed: true })
    const { evidence, isByHand } = await practice.outputOf(run, 'vm.generalize')
    expect(isByHand).toBe(false)
    expect(Object.fromEntries(evidence.map(({ id, detail }) => [id, detail]))).toMatchObject({
      code: '0',
      user: 'gone',
      home: 'gone',
      hostKeys: '0',
      machineId: 'reset',
      cloudInit: 'gone',
      refused: expect.stringMatching(/^session\./) as string,
    })
    expect(await practice.go(run, 'vm.mark')).toMatchObject({ is: 'done' })
  })

  it('goes on after a failure with the part that failed', async () => {
    const run = await begin(installing(part('one', 'echo one >> /root/log'), part('two', 'echo no room left; exit 3')))
    expect(await practice.go(run, 'vm.install')).toMatchObject({
      error: { code: 'recipe.part-failed', params: { part: 'two', code: 3 }, details: { message: 'no room left' } },
    })
    const mended = [part('one', 'echo one >> /root/log'), part('two', 'test "$(wc -l < /root/log)" = 1')]
    await practice.studio.engine.setInput(run, 'vm.install', { parts: mended })
    expect(await practice.go(run, 'vm.install')).toMatchObject({ is: 'done' })
    expect((await practice.outputOf(run, 'vm.install')).parts.map(({ id, status }) => [id, status])).toEqual([
      ['one', 'done'],
      ['two', 'done'],
    ])
  })

  it('that is paused in the middle of a part goes on with that part', async () => {
    const run = await begin(
      installing(
        part('one', 'echo one >> /root/log'),
        part(
          'two',
          'echo two >> /root/log; test -e /root/second || { touch /root/second; echo in the middle; sleep 600; }',
        ),
      ),
    )
    const stop = practice.studio.recipe.watch(run, (message) => {
      if (message.kind === 'output' && message.text.includes('in the middle')) void practice.studio.engine.pause(run)
    })
    onTestFinished(stop)
    expect(await practice.go(run, 'vm.install')).toMatchObject({ is: 'paused' })
    expect((await partsIn(run)).map(({ id, status, why }) => [id, status, why])).toEqual([
      ['one', 'done', undefined],
      ['two', 'failed', 'stopped'],
    ])
    expect(await practice.go(run, 'vm.install')).toMatchObject({ is: 'done' })
    const remote = await practice.studio.sessions.connect(run, AbortSignal.timeout(20_000))
    const { stdout } = await remote.script('cat /root/log', { signal: AbortSignal.timeout(20_000), asRoot: true })
    expect(stdout).toMatch(/^one\n(?:two\n){1,2}$/)
  })
})

describe('the copy of the disk', { timeout: 120_000 }, () => {
  it('is taken all the same when the system cannot write what it holds in memory, and that is said', async () => {
    const run = await begin(installing(part('none', 'rm "$(command -v sync)"')))
    expect(await practice.go(run, 'vm.snapshot')).toMatchObject({ is: 'done' })
    expect(await practice.outputOf(run, 'vm.snapshot')).toMatchObject({ flushed: false })
  })
})

describe('generalizing', { timeout: 120_000 }, () => {
  it('is refused without the Azure agent, whatever risk is taken', async () => {
    const run = await begin({
      ...installing(part('agent', 'apt-get -y remove walinuxagent')),
      'vm.generalize': { acceptedRisks: ['vm.agent'] },
    })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ error: { code: 'generalize.no-agent' } })
  })

  it('waits for the person, and says what is in its way', async () => {
    const extension = '/var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1.10'
    const run = await begin({
      ...installing(part('extension', `mkdir -p ${extension}`)),
      'vm.generalize': { confirmed: false },
    })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({
      error: { code: 'generalize.blocked', params: { n: 1, checks: 'vm.extensions' } },
    })
    const { look } = generalizeTicket((await practice.stateOf(run)).steps['vm.generalize'].ticket)
    expect(look?.rows.find(({ id }) => id === 'vm.extensions')).toMatchObject({
      severity: 'block',
      params: { names: 'Microsoft.Azure.Extensions.CustomScript-2.1.10' },
    })
    const risk = { acceptedRisks: ['vm.extensions'] }
    await practice.studio.engine.setInput(run, 'vm.generalize', { confirmed: false, ...risk })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ error: { code: 'generalize.unconfirmed' } })
    await practice.studio.engine.setInput(run, 'vm.generalize', { confirmed: true, ...risk })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ is: 'done' })
  })
})

describe('generalizing that the app did not see the end of', { timeout: 120_000 }, () => {
  it('is proved by the serial console', async () => {
    const run = await begin({ 'vm.install': { parts: [], done: true } })
    const { sessions } = practice.studio
    practice.onFact(
      (entry) => entry.kind === 'ticket' && generalizeTicket(entry.value).begun !== undefined,
      () => sessions.end(run),
    )
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ is: 'failed' })
    const signal = AbortSignal.timeout(60_000)
    const remote = await sessions.connect(run, signal)
    await remote.script(deprovisionScript(remote.user), { signal, asRoot: true })
    sessions.end(run)
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ is: 'done' })
    const { evidence } = await practice.outputOf(run, 'vm.generalize')
    expect(evidence.map(({ id }) => id)).toEqual([
      ...['code', 'user', 'home', 'hostKeys', 'machineId', 'cloudInit'],
      'console',
    ])
  })

  it('and that was done by hand, like the installing, is believed only of a VM that is shut down', async () => {
    const run = await begin({ ...installing(), 'vm.generalize': { byHand: true } })
    expect(await practice.go(run, 'vm.install')).toMatchObject({ error: { code: 'recipe.empty' } })
    await practice.studio.engine.setInput(run, 'vm.install', { parts: [], done: true })
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({
      error: { code: 'generalize.not-by-hand', params: { power: 'running' } },
    })
    const cloud = await practice.studio.cloudOf(run)
    const { id } = await practice.outputOf(run, 'vm.create')
    expect(await practice.outputOf(run, 'vm.install')).toMatchObject({ isByHand: true })
    const { subscriptionId, resourceGroup, names } = partsOf(id)
    await (await cloud.compute(subscriptionId)).virtualMachines.powerOff(resourceGroup, names[0]).submitted()
    await expect.poll(async () => (await getVmView(cloud, id))?.power, { timeout: 30_000 }).toBe('stopped')
    expect(await practice.go(run, 'vm.generalize')).toMatchObject({ is: 'done' })
    expect(await practice.outputOf(run, 'vm.generalize')).toEqual({
      evidence: [{ id: 'power', detail: 'PowerState/stopped' }],
      isByHand: true,
    })
  })
})

describe('ready-made parts', { timeout: 120_000 }, () => {
  /** Of packages that the practice VM has; the others also fetch something from the internet, which it cannot reach. */
  const alone: ReadyPartId[] = ['update', 'compilers', 'python', 'java', 'node', 'ffmpeg', 'docker', 'clean']

  it('work in a build VM, and again', async () => {
    expect(Object.keys(readyParts)).toEqual(expect.arrayContaining(alone))
    const parts = alone.flatMap((id) => readyPart(id, 'apt', id) ?? [])
    const run = await begin(installing(...parts))
    expect(await practice.go(run, 'vm.install')).toMatchObject({ is: 'done' })
    const again = parts.map((one) => ({ ...one, script: `${one.script}\n# again` }))
    await practice.studio.engine.setInput(run, 'vm.install', { parts: again })
    expect(await practice.go(run, 'vm.install')).toMatchObject({ is: 'done' })
    await practice.studio.engine.setInput(run, 'vm.install', { parts: [readyPart('nvidia', 'apt', 'driver')!] })
    expect(await practice.go(run, 'vm.install')).toMatchObject({
      error: {
        code: 'recipe.part-failed',
        details: { message: expect.stringContaining('has no NVIDIA GPU') as string },
      },
    })
  })
})
