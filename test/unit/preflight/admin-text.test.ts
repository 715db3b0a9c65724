import { describe, expect, it } from 'vitest'
import { adminText } from '../../../src/shared/admin-text'
import type { PreflightLook, PreflightRow } from '../../../src/shared/preflight'
import { planWith, subscription } from './plans'

const scope = `/subscriptions/${subscription}`
const gallery = `${scope}/resourceGroups/img/providers/Microsoft.Compute/galleries/farm`

function lookWith(rows: PreflightRow[], who: Partial<PreflightLook['who']> = {}): PreflightLook {
  return {
    at: '2026-11-25T18:00:00.000Z',
    plan: planWith(),
    who: { name: 'ada@contoso.com', objectId: 'e27c41a9-80f6-4d3b-9152-c6b5d7e0384f', ...who },
    subscriptionName: 'Rendering',
    rows,
  }
}

function missing(purpose: string, at: string, actions: string[], dataActions: string[] = []): PreflightRow {
  return {
    id: `right ${purpose}`,
    family: 'rights',
    severity: 'block',
    text: 'rightMissing',
    params: { purpose, scope: 'x' },
    missing: { scope: at, actions, dataActions },
  }
}

const pools = ['Microsoft.Batch/batchAccounts/pools/write']
const disk = ['Microsoft.Compute/disks/beginGetAccess/action']

describe('the text for the admin', () => {
  it.each(['en', 'de'] as const)('names who, and exactly the missing actions at each scope once (%s)', (language) => {
    const text = adminText(
      lookWith([missing('pool', scope, pools), missing('imageUse', gallery, disk), missing('image', gallery, disk)]),
      language,
    )!
    expect(text).toContain('ada@contoso.com')
    expect(text).toContain('e27c41a9-80f6-4d3b-9152-c6b5d7e0384f')
    const named = [...text.matchAll(/^- (Microsoft\.\S+)$/gm)].map(([, action]) => action)
    expect(named).toEqual([...pools, ...disk])
    const scopes = [...text.matchAll(/--scope "([^"]+)"/g)].map(([, at]) => at)
    expect(scopes).toEqual([scope, gallery])
    expect(text).toContain('Azure Batch Data Contributor (6aaa78f1-f7de-44ca-8722-c64a23943cae)')
    expect(text).not.toMatch(/[{}…]|undefined/)
  })

  it('asks for data roles by data actions', () => {
    const write = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
    const text = adminText(lookWith([missing('upload', scope, [], [write])]), 'en')!
    expect(text).toContain('Missing data actions:')
    expect(text).toContain(
      'az role assignment create --assignee-object-id "e27c41a9-80f6-4d3b-9152-c6b5d7e0384f" --assignee-principal-type User --role "ba92f5b4-2d11-453d-a403-e96b0029c9fe"',
    )
  })

  it('spares a role on the subscription where the admin can do one thing once', () => {
    const register = missing('register', scope, ['Microsoft.Batch/register/action'])
    const off: PreflightRow = {
      id: 'provider Microsoft.Batch',
      family: 'providers',
      severity: 'warn',
      text: 'providerToRegister',
      params: { name: 'Microsoft.Batch' },
    }
    const text = adminText(lookWith([off, register]), 'en')!
    expect(text).toContain(`az provider register --namespace "Microsoft.Batch" --subscription "${subscription}"`)
    expect(text).not.toContain('role assignment')
    const group = missing('group', scope, ['Microsoft.Resources/subscriptions/resourceGroups/write'])
    expect(adminText(lookWith([group]), 'en')).toContain('az group create --name "farm" --location "westeurope"')
  })

  it('names an account whose object id nobody knows', () => {
    const text = adminText(lookWith([missing('pool', scope, pools)], { objectId: null }), 'en')!
    expect(text).toContain('--assignee "ada@contoso.com"')
    expect(text).not.toContain('Object id')
  })

  it('lets no name from the cloud end its quotes', () => {
    const text = adminText(
      lookWith([missing('pool', scope, pools)], { name: 'a"; $(reboot) `x`\n', objectId: null }),
      'en',
    )!
    const [command] = /^az role.*$/m.exec(text)!
    expect(command).toContain('--assignee "a; (reboot) x"')
  })

  it('is not there when nothing is missing', () => {
    expect(adminText(lookWith([]), 'de')).toBeNull()
  })
})
