import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCatalogs } from '../../src/main/catalogs'
import { createKeptLists } from '../../src/main/kept-lists'
import { optionsOf, type Needs } from '../../src/main/list-entry'
import { offer, type Scope } from '../../src/main/pickers'
import { AppError } from '../../src/shared/errors'

let folder: string
const lines: string[] = []
const log = { folder: '', write: (_level: string, message: string) => void lines.push(message) }
const at = new Date('2026-11-24T14:02:00.000Z')
const scope: Scope = { cloud: 'public', subscriptionId: '11111111-1111-4111-8111-111111111111', region: 'westeurope' }
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pickers-'))
  lines.length = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function parts() {
  const kept = createKeptLists(folder, log, () => at)
  const catalogs = createCatalogs(folder, log)
  return { cloud: null, kept, catalogs, signal: new AbortController().signal, now: () => at }
}
const place = { cloud: 'public', subscription: scope.subscriptionId, region: 'westeurope', list: 'vmSizes' }
const figures = { cores: 1, memoryGb: 2, localDiskGb: 0, generations: ['V2' as const] }
const size = { value: 'Standard_X1', label: 'Standard_X1', group: 'standardXFamily', size: figures }

describe('a list', () => {
  it('comes from the app’s catalog while no cloud has answered', async () => {
    const { options, source } = await offer('vmSizes', scope, parts())
    expect(source).toEqual({ from: 'catalog', at: '2026-11-25' })
    expect(options.find(({ value }) => value === 'Standard_D2s_v3')).toMatchObject({
      size: { cores: 2, memoryGb: 8, localDiskGb: 16, generations: ['V1', 'V2'] },
    })
  })

  it('comes from the last answer of the same cloud, subscription and region where there is one', async () => {
    const all = parts()
    await all.kept.keep(place, [size])
    expect(await offer('vmSizes', scope, all)).toMatchObject({
      options: [{ value: 'Standard_X1' }],
      source: { from: 'kept', at: at.toISOString() },
    })
    for (const other of [{ region: 'eastus' }, { cloud: 'china' }, { subscriptionId: 'other' }]) {
      expect((await offer('vmSizes', { ...scope, ...other }, all)).source.from).toBe('catalog')
    }
  })

  it('of a cloud that does not answer is the last answer', async () => {
    const all = parts()
    await all.kept.keep(place, [size])
    const cloud = () => Promise.reject(new AppError('offline', { host: 'management.azure.com' }))
    expect((await offer('vmSizes', scope, { ...all, cloud })).source.from).toBe('kept')
  })

  it.each(['', '{', '{"at":"2026-11-24T14:02:00.000Z"}', '{"at":1,"entries":[]}', 'null'])(
    'that was kept and is damaged (%j) is not used, told to the log, and made anew by the next answer',
    async (text) => {
      const all = parts()
      await all.kept.keep(place, [size])
      const file = path.join(folder, 'public', scope.subscriptionId!, 'westeurope', 'vmsizes.json')
      writeFileSync(file, text)
      expect((await offer('vmSizes', scope, all)).source.from).toBe('catalog')
      expect(lines).toEqual(['kept list not used'])
      await all.kept.keep(place, [size])
      expect((await all.kept.read(place))?.entries).toEqual([size])
    },
  )

  it('that only a cloud can know is empty, and says that it is', async () => {
    for (const list of ['subscriptions', 'resourceGroups', 'batchAccounts', 'storageAccounts', 'galleries'] as const) {
      expect(await offer(list, scope, parts())).toEqual({ options: [], source: { from: 'none', at: null } })
    }
  })

  it.each([
    ['public', 'westeurope', 'usgovvirginia'],
    ['usgov', 'usgovvirginia', 'westeurope'],
    ['china', 'chinanorth3', 'westeurope'],
    ['/home/me/cloud.json', 'westeurope', 'chinanorth3'],
  ])('of regions of %s has %s and not %s', async (cloud, there, absent) => {
    const values = (await offer('regions', { cloud }, parts())).options.map(({ value }) => value)
    expect(values).toContain(there)
    expect(values).not.toContain(absent)
  })

  it('is kept in a folder of its own whatever the cloud is called', async () => {
    const all = parts()
    await all.kept.keep({ cloud: '../../etc/evil.json', list: 'regions' }, [])
    await all.kept.keep({ cloud: '..', region: '..', list: 'regions' }, [])
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    expect(found.map(({ name }) => name)).toEqual(['regions.json', 'regions.json'])
    expect(await all.kept.read({ cloud: '../../etc/evil.json', list: 'regions' })).toMatchObject({ entries: [] })
  })

  it('that cannot be kept stops nobody', async () => {
    mkdirSync(path.join(folder, 'public'))
    writeFileSync(path.join(folder, 'public', '-'), 'a file in the way')
    await parts().kept.keep({ cloud: 'public', list: 'regions' }, [])
    expect(lines).toEqual(['list not kept'])
  })

  it('holds names and sizes only', async () => {
    const all = parts()
    await all.kept.keep(place, [size])
    const text = readFileSync(path.join(folder, 'public', scope.subscriptionId!, 'westeurope', 'vmsizes.json'), 'utf8')
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['at', 'entries'])
  })
})

describe('what does not fit is said', () => {
  async function option(list: 'vmSizes' | 'nodeAgents', value: string, needs: Needs) {
    const { options } = await offer(list, { ...scope, ...needs }, parts())
    return options.find((one) => one.value === value)
  }

  it.each([
    ['Standard_D2s_v6', { generation: 'V1' }, 'generation', { found: 'V2', wanted: 'V1' }],
    ['Standard_A2_v2', { generation: 'V2' }, 'generation', { found: 'V1', wanted: 'V2' }],
    ['Standard_D2ps_v5', { generation: 'V2', architecture: 'x64' }, 'architecture', { found: 'Arm64', wanted: 'x64' }],
    ['Standard_D2s_v5', { generation: 'V2', architecture: 'Arm64' }, 'architecture', { found: 'x64', wanted: 'Arm64' }],
  ] as const)('size %s for %j', async (name, needs, why, params) => {
    expect((await option('vmSizes', name, needs))?.unfit).toEqual({ why, params })
  })

  it.each([
    ['batch.node.ubuntu 22.04', { osType: 'Linux', distribution: 'ubuntu', version: '24.04' }, 'ubuntu 22.04'],
    ['batch.node.ubuntu 24.04', { osType: 'Linux', distribution: 'debian', version: '12' }, 'ubuntu 24.04'],
    ['batch.node.ubuntu 24.04', { osType: 'Windows' }, 'Linux'],
    ['batch.node.windows amd64', { osType: 'Linux', distribution: 'ubuntu' }, 'Windows'],
  ] as const)('agent %s for %j', async (id, needs, found) => {
    expect((await option('nodeAgents', id, needs))?.unfit).toMatchObject({ why: 'system', params: { found } })
  })

  it.each([
    ['batch.node.ubuntu 24.04', { osType: 'Linux', distribution: 'ubuntu', version: '24.04' }],
    ['batch.node.el 9', { osType: 'Linux', distribution: 'almalinux', version: '9.4' }],
    ['batch.node.ubuntu 24.04', { osType: 'Linux' }],
    ['batch.node.windows amd64', { osType: 'Windows' }],
  ] as const)('nothing of agent %s for %j', async (id, needs) => {
    const found = await option('nodeAgents', id, needs)
    expect(found).toMatchObject({ value: id })
    expect(found?.unfit).toBeUndefined()
  })

  it('an agent of a cloud that no catalog knows tells its system by its id', async () => {
    const catalogs = createCatalogs(folder, log)
    const known = {
      retirements: await catalogs.read('retirements'),
      agents: await catalogs.read('node-agents'),
      left: null,
    }
    const agents = [{ value: 'batch.node.debian 12', label: 'batch.node.debian 12' }]
    expect(optionsOf(agents, { distribution: 'debian', version: '12' }, known)[0]?.unfit).toBeUndefined()
    expect(optionsOf(agents, { distribution: 'debian', version: '11' }, known)[0]?.unfit).toEqual({
      why: 'system',
      params: { found: 'debian 12', wanted: 'debian 11' },
    })
  })

  it('an account of another region', async () => {
    const all = parts()
    const account = { value: 'id', label: 'account', region: 'eastus' }
    await all.kept.keep({ cloud: 'public', subscription: scope.subscriptionId, list: 'batchAccounts' }, [account])
    const { options } = await offer('batchAccounts', scope, all)
    expect(options[0]?.unfit).toEqual({ why: 'region', params: { region: 'eastus', wanted: 'westeurope' } })
  })

  it('what ends has its date, whether a catalog or the cloud named the size', async () => {
    expect(await option('vmSizes', 'Standard_F2s_v2', {})).toMatchObject({ endsOn: '2028-11-15' })
    expect(await option('nodeAgents', 'batch.node.ubuntu 22.04', {})).toMatchObject({
      endsOn: '2027-06-30',
      replacement: 'batch.node.ubuntu 24.04',
    })
    const all = parts()
    await all.kept.keep(place, [{ value: 'Standard_HC44rs', label: 'Standard_HC44rs', group: 'StandardHCSFamily' }])
    expect((await offer('vmSizes', scope, all)).options).toMatchObject([
      { endsOn: '2027-05-31', replacement: 'HBv5, HBv4, HX, HBv3' },
    ])
  })
})
