import { existsSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { WireExchange } from '../support/exchanges'
import { judgeBatch, judgeBlobs, judgeSignIn } from './published/data-planes'
import { recordJourney, type Recording } from './published/journey'
import { openManagement } from './published/management'
import { headerViolations, planeOf, type Plane } from './published/rules'
import { judgeVaults } from './published/vaults'

// Microsoft's documents lie beside a checkout of this repository where they are at hand, and are never part of it.
const types = path.resolve('../shared/azure-types')
const specifications = path.resolve('../shared/azure-specs/specification')
const hasDocuments = existsSync(types) && existsSync(specifications)
const withDocuments = hasDocuments ? it : it.skip
const title = (text: string) => (hasDocuments ? text : `needs the published API documents: ${text}`)

let recording: Recording
beforeAll(async () => {
  recording = await recordJourney()
}, 240_000)

function exchangesOf(plane: Plane): WireExchange[] {
  return recording.exchanges.filter((one) => planeOf(one, recording.mainHost) === plane)
}

/** Names of the published operations that the journey is made of; others may come with it. */
const operationsOfTheJourney = [
  'Subscriptions_List',
  'Subscriptions_ListLocations',
  'Tenants_List',
  'Permissions_ListForResourceGroup',
  'RoleAssignments_ListForSubscription',
  'Usage_List',
  'Providers_Get',
  'Providers_Register',
  'ResourceGroups_CreateOrUpdate',
  'ResourceGroups_Delete',
  'StorageAccounts_CheckNameAvailability',
  'StorageAccounts_Create',
  'StorageAccounts_Delete',
  'BlobContainers_Create',
  'Disks_CreateOrUpdate',
  'Disks_Get',
  'Disks_Delete',
  'Disks_GrantAccess',
  'Disks_RevokeAccess',
  'Galleries_CreateOrUpdate',
  'Galleries_Delete',
  'GalleryImages_CreateOrUpdate',
  'GalleryImages_Delete',
  'GalleryImageVersions_CreateOrUpdate',
  'GalleryImageVersions_Get',
  'GalleryImageVersions_Delete',
  'VirtualNetworks_CreateOrUpdate',
  'VirtualNetworks_Delete',
  'Subnets_CreateOrUpdate',
  'NetworkSecurityGroups_CreateOrUpdate',
  'SecurityRules_CreateOrUpdate',
  'SecurityRules_Delete',
  'PublicIPAddresses_CreateOrUpdate',
  'NetworkInterfaces_CreateOrUpdate',
  'NetworkInterfaces_Get',
  'VirtualMachineImages_ListPublishers',
  'VirtualMachineImages_Get',
  'VirtualMachines_CreateOrUpdate',
  'VirtualMachines_Get',
  'VirtualMachines_InstanceView',
  'VirtualMachines_ListAll',
  'VirtualMachines_Update',
  'VirtualMachines_Start',
  'VirtualMachines_PowerOff',
  'VirtualMachines_Restart',
  'VirtualMachines_Deallocate',
  'VirtualMachines_Generalize',
  'VirtualMachines_RetrieveBootDiagnosticsData',
  'VirtualMachines_RunCommand',
  'VirtualMachines_Delete',
  'VirtualMachineExtensions_List',
  'VirtualMachineExtensions_CreateOrUpdate',
  'VirtualMachineExtensions_Delete',
  'Snapshots_CreateOrUpdate',
  'Snapshots_Delete',
  'Location_CheckNameAvailability',
  'Location_GetQuotas',
  'Location_ListSupportedVirtualMachineSkus',
  'BatchAccount_Create',
  'BatchAccount_Delete',
  'Pool_Create',
  'Pool_Get',
  'Pool_Update',
  'Pool_Delete',
  'operation status',
]

describe('the journey from a disk to a node, on the wire', () => {
  withDocuments(title('each request and answer of Azure Resource Manager is as published'), () => {
    const judge = openManagement(types, specifications)
    const judged = exchangesOf('arm').map((one) => ({ ...judge(one), said: `${one.method} ${one.url} ${one.status}` }))
    const operations = new Set(judged.map(({ operation }) => operation))
    console.info(`${judged.length} exchanges of ${operations.size} operations held against the published documents`)
    expect(judged.flatMap(({ said, violations }) => violations.map((it) => `${said}: ${it}`))).toEqual([])
    expect([...operations]).toEqual(expect.arrayContaining(operationsOfTheJourney))
  })

  it.each([
    { plane: 'batch', judge: judgeBatch, operations: ['Account_ListSupportedImages', 'ComputeNode_List'] },
    { plane: 'vaults', judge: judgeVaults, operations: ['Vaults_List', 'Vaults_Get'] },
    { plane: 'sign-in', judge: judgeSignIn, operations: ['token', 'device code'] },
    { plane: 'blobs', judge: judgeBlobs, operations: ['PUT', 'PUT page', 'HEAD', 'DELETE'] },
  ] as const)('each answer of $plane is as described', ({ plane, judge, operations }) => {
    const judged = exchangesOf(plane).map(judge)
    const seen = new Set(judged.map(({ operation }) => operation))
    console.info(`${judged.length} exchanges of ${seen.size} operations of ${plane}`)
    expect(judged.flatMap(({ operation, violations }) => violations.map((it) => `${operation}: ${it}`))).toEqual([])
    expect([...seen]).toEqual(expect.arrayContaining([...operations]))
  })

  it.each(['arm', 'vaults', 'batch', 'sign-in', 'blobs'] as const)(
    'every answer of %s can be traced and polled',
    (plane) => {
      const found = exchangesOf(plane).map((one) => `${one.url.split('?')[0]}: ${headerViolations(one, plane).join()}`)
      expect(found.filter((one) => !one.endsWith(': '))).toEqual([])
    },
  )

  it('holds refusals of each kind', () => {
    const statuses = new Set(exchangesOf('arm').map(({ status }) => status))
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 202, 400, 403, 404, 412, 429, 503]))
  })
})

type Bend = { what: string; of: RegExp; status: number; bend: (body: Json) => void; side?: 'request'; found: string }
type Json = { [name: string]: Json } & Json[]

describe('a practice cloud that answers something else is found out', () => {
  const pool = /^(GET|PUT) .*\/pools\/[^/?]+\?/
  const version = /^(GET|PUT) .*\/versions\/[^/?]+\?/
  const bends: Bend[] = [
    {
      what: 'an enum in another spelling',
      of: pool,
      status: 200,
      bend: (body) => Object.assign(body['properties']!, { allocationState: 'steady' }),
      found: "answer.properties.allocationState: 'steady' is none of Steady, Resizing, Stopping",
    },
    {
      what: 'a value that nobody published for an open enum',
      of: version,
      status: 200,
      bend: (body) => Object.assign(body['properties']!, { provisioningState: 'Ready' }),
      found: "answer.properties.provisioningState: 'Ready' is none of",
    },
    {
      what: 'no id',
      of: /^GET .*\/batchAccounts\/[^/?]+\?/,
      status: 200,
      bend: (body) => delete (body as Partial<Json>)['id'],
      found: 'answer.id: missing',
    },
    {
      what: 'no id in a list',
      of: /^GET .*\/galleries\?/,
      status: 200,
      bend: (body) => delete (body['value']![0] as Partial<Json>)['id'],
      found: 'answer.value[0].id: missing',
    },
    {
      what: 'an unknown property deep inside',
      of: version,
      status: 200,
      bend: (body) => Object.assign(body['properties']!['storageProfile']!['osDiskImage']!, { sizeGB: 1 }),
      found: 'answer.properties.storageProfile.osDiskImage.sizeGB: unknown property',
    },
    {
      what: 'a number as text',
      of: pool,
      status: 200,
      bend: (body) => Object.assign(body['properties']!, { currentDedicatedNodes: '1' }),
      found: 'answer.properties.currentDedicatedNodes: text instead of number',
    },
    {
      what: 'an object where a list belongs',
      of: /^GET .*\/locations\?/,
      status: 200,
      bend: (body) => Object.assign(body, { value: {} }),
      found: 'answer.value: object instead of list',
    },
    {
      what: 'null for something unset',
      of: /^GET .*\/storageAccounts\/[^/?]+\?/,
      status: 200,
      bend: (body) => Object.assign(body['properties']!, { isHnsEnabled: null }),
      found: 'answer.properties.isHnsEnabled: null instead of boolean',
    },
    {
      what: 'a required property left out',
      of: /^GET .*\/galleries\/[^/]+\/images\/[^/?]+\?/,
      status: 200,
      bend: (body) => delete (body['properties'] as Partial<Json>)['osState'],
      found: 'answer.properties.osState: missing',
    },
    {
      what: 'an error without its envelope',
      of: /^GET .*\/resourcegroups\//i,
      status: 404,
      bend: (body) => Object.assign(body, { code: 'NotFound', message: 'Not found.', error: undefined }),
      found: 'error.code: unknown property',
    },
    {
      what: 'a read-only property in a request',
      of: /^PUT .*\/galleries\/[^/?]+\?/,
      status: 201,
      side: 'request',
      bend: (body) => Object.assign(body, { properties: { provisioningState: 'Succeeded' } }),
      found: 'request.properties.provisioningState: read-only property in a request',
    },
  ]

  withDocuments.each(bends)(title('$what'), ({ of, status, bend, side, found }) => {
    const judge = openManagement(types, specifications)
    const original = exchangesOf('arm').find((one) => of.test(`${one.method} ${one.url}`) && one.status === status)!
    expect(judge(original).violations).toEqual([])
    const part = structuredClone(original)
    const body = JSON.parse((side === 'request' ? part.request.body : part.body)!) as Json
    bend(body)
    if (side === 'request') part.request.body = JSON.stringify(body)
    else part.body = JSON.stringify(body)
    expect(judge(part).violations.join('\n')).toContain(found)
  })

  it.each([
    {
      what: 'a relative poll URL',
      header: 'azure-asyncoperation',
      value: '/subscriptions/1/operations/2',
      found: 'not absolute',
    },
    {
      what: 'a poll URL without version',
      header: 'location',
      value: 'https://127.0.0.1/operations/2',
      found: 'without api-version',
    },
    {
      what: 'a running operation without Retry-After',
      header: 'retry-after',
      value: '',
      found: 'missing while an operation runs',
    },
    { what: 'no request id', header: 'x-ms-request-id', value: '', found: 'x-ms-request-id: missing' },
    { what: 'a page as answer', header: 'content-type', value: 'text/html', found: 'instead of JSON' },
  ])('$what', ({ header, value, found }) => {
    const original = exchangesOf('arm').find((one) => one.status === 201 && one.headers['azure-asyncoperation'])!
    expect(headerViolations(original, 'arm')).toEqual([])
    const bent = { ...original, headers: { ...original.headers, [header]: value } }
    expect(headerViolations(bent, 'arm').join('\n')).toContain(found)
  })

  it.each([429, 503])('%i without Retry-After', (status) => {
    const original = exchangesOf('arm').find((one) => one.status === status)!
    const bent = { ...original, headers: { ...original.headers, 'retry-after': '' } }
    expect(headerViolations(bent, 'arm')).toEqual([`header retry-after: missing with ${status}`])
  })

  it.each([
    { what: 'a node in a state of another spelling', of: /\/nodes\?/, old: /"state":"idle"/, new: '"state":"Idle"' },
    { what: 'a node without id', of: /\/nodes\?/, old: /"id":"tvm[^"]*",/, new: '' },
    { what: 'an agent under another name', of: /\/supportedimages/, old: /nodeAgentSKUId/, new: 'nodeAgentSkuId' },
  ])('Batch: $what', (change) => {
    const fits = (one: WireExchange) => change.of.test(one.url) && one.status === 200 && change.old.test(one.body!)
    const original = exchangesOf('batch').find(fits)!
    expect(judgeBatch({ ...original, body: original.body!.replace(change.old, change.new) }).violations).not.toEqual([])
  })

  it('key vault: a permission on secrets that does not exist', () => {
    const original = exchangesOf('vaults').find(({ body }) => /"Recover"/.test(body ?? ''))!
    const bent = { ...original, body: original.body!.replace('"Recover"', '"Restart"') }
    expect(judgeVaults(bent).violations.join()).toContain('no secret permission')
  })

  it.each([
    { what: 'a token without its type', status: 200, old: '"token_type":"Bearer",', new: '' },
    { what: 'an error without number', status: 401, old: /AADSTS\d+: /, new: '' },
  ])('sign-in: $what', (change) => {
    const original = exchangesOf('sign-in').find(({ url, status }) => /\/token/.test(url) && status === change.status)!
    expect(judgeSignIn({ ...original, body: original.body!.replace(change.old, change.new) }).violations).not.toEqual(
      [],
    )
  })
})
