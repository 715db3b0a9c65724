import { memberOf, principals, regions, subscriptions, tenants, type Tenant } from './directory'
import { armError } from './errors'
import { listReply, providerState, requireGroup, requireSubscription, type ProviderStates } from './arm-parts'
import type { Rights } from './rbac'
import type { Caller, PracticeRequest, Router } from './server'

/** Namespaces with the resource types that this cloud has, for `providers`. */
const providers: Record<string, string[]> = {
  'Microsoft.Authorization': ['permissions', 'roleAssignments'],
  'Microsoft.Batch': ['batchAccounts', 'batchAccounts/pools', 'locations', 'locations/quotas'],
  'Microsoft.Compute': [
    'galleries',
    'galleries/images',
    'galleries/images/versions',
    'locations/usages',
    'skus',
    'disks',
    'snapshots',
    'virtualMachines',
    'virtualMachines/extensions',
  ],
  'Microsoft.KeyVault': ['vaults'],
  'Microsoft.Network': ['networkInterfaces', 'networkSecurityGroups', 'publicIPAddresses', 'virtualNetworks'],
  'Microsoft.Quota': ['quotas'],
  'Microsoft.Resources': ['subscriptions', 'resourceGroups'],
  'Microsoft.Storage': ['storageAccounts', 'storageAccounts/blobServices', 'checkNameAvailability'],
}

const registerMs = 90_000

/** Tenants, subscriptions, regions, providers, permissions and role assignments. */
export function addScopeRoutes(router: Router, rights: Rights): void {
  router.route('GET', '/tenants', (request) => listReply(tenantsOf(request.caller).map(tenantBody)))
  router.route('GET', '/subscriptions', (request) => {
    const seen = subscriptions.filter(
      ({ id, tenantId }) => tenantId === request.caller?.tid && canSee(rights, request.caller, `/subscriptions/${id}`),
    )
    return { status: 200, body: { value: seen.map(subscriptionBody) } }
  })
  const read = { action: 'Microsoft.Resources/subscriptions/read' }
  router.route(
    'GET',
    '/subscriptions/:subscription',
    (request) => ({ status: 200, body: subscriptionBody(requireSubscription(request)) }),
    read,
  )
  router.route(
    'GET',
    '/subscriptions/:subscription/locations',
    (request) => listReply(regions.map((region) => regionBody(requireSubscription(request).id, region))),
    { action: 'Microsoft.Resources/subscriptions/locations/read' },
  )
  addProviderRoutes(router)
  addAuthorizationRoutes(router, rights)
}

function addProviderRoutes(router: Router): void {
  const read = { action: 'Microsoft.Resources/subscriptions/providers/read' }
  const path = '/subscriptions/:subscription/providers'
  router.route(
    'GET',
    path,
    (request) => listReply(Object.keys(providers).map((name) => providerBody(request, name))),
    read,
  )
  router.route(
    'GET',
    `${path}/:namespace`,
    (request) => ({ status: 200, body: providerBody(request, knownNamespace(request), true) }),
    read,
  )
  router.route(
    'POST',
    `${path}/:namespace/register`,
    (request) => {
      const subscription = requireSubscription(request).id
      const namespace = knownNamespace(request)
      if (!request.caller || providerState(request, subscription, namespace) !== 'NotRegistered') {
        return { status: 200, body: providerBody(request, namespace) }
      }
      states(request)[`${subscription}/${namespace}`.toLowerCase()] = 'Registering'
      request.operations.start({
        kind: 'provider.register',
        path: `/subscriptions/${subscription}/operationresults/{id}`,
        durationMs: registerMs,
        data: { subscription, namespace },
        target: `${request.method} ${request.path}`,
      })
      return { status: 200, body: providerBody(request, namespace) }
    },
    { action: ({ namespace }) => `${namespace}/register/action` },
  )
}

/** What the end of a registration does; also used to find the operation that a read of the provider counts for. */
export function providerEffects(cloud: Pick<PracticeRequest, 'operations' | 'store'>): void {
  cloud.operations.onEnd('provider.register', (operation) => {
    const key = `${String(operation.data['subscription'])}/${String(operation.data['namespace'])}`.toLowerCase()
    states(cloud)[key] = operation.error ? 'NotRegistered' : 'Registered'
  })
}

function addAuthorizationRoutes(router: Router, rights: Rights): void {
  const permissions = (request: PracticeRequest) => {
    const scope = request.path.slice(0, request.path.toLowerCase().indexOf('/providers/microsoft.authorization'))
    if (!request.caller) return listReply([])
    if (request.params['group'] !== undefined) requireGroup(request)
    const reply = listReply(rights.permissions(request.caller, scope).map((one) => ({ ...one, notDataActions: [] })))
    // In jump mode a look is what brings the time forward in which a new role begins to act.
    const next = rights.nextActsAtMs()
    if (next !== null && request.clock.speed() === 'jump') request.clock.skip(next - request.clock.now())
    return reply
  }
  const assignments = (request: PracticeRequest) => {
    const scope = request.path.slice(0, request.path.toLowerCase().indexOf('/providers/microsoft.authorization'))
    const found = rights.assignments.filter((one) => fitsFilter(one, scope, request.query.get('$filter') ?? ''))
    return listReply(found.map((one) => assignmentBody(one)))
  }
  const read = { action: 'Microsoft.Authorization/roleAssignments/read' }
  const below = '/subscriptions/:subscription'
  for (const scope of [
    below,
    `${below}/resourceGroups/:group`,
    `${below}/resourceGroups/:group/providers/:provider/:type/:name`,
  ]) {
    router.route('GET', `${scope}/providers/Microsoft.Authorization/permissions`, permissions)
    router.route('GET', `${scope}/providers/Microsoft.Authorization/roleAssignments`, assignments, read)
  }
}

function assignmentBody(one: Rights['assignments'][number]): object {
  const subscription = one.scope.split('/').slice(0, 3).join('/')
  return {
    id: `${one.scope}/providers/Microsoft.Authorization/roleAssignments/${one.id}`,
    name: one.id,
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      scope: one.scope,
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${one.roleId}`,
      principalId: one.principalId,
      principalType: one.principalType,
    },
  }
}

/** `atScope()`: at the scope or above; `principalId eq 'ID'`: of one principal, below it as well. */
function fitsFilter(one: Rights['assignments'][number], scope: string, filter: string): boolean {
  if (/^atScope\(\)$/i.test(filter)) return `${scope.toLowerCase()}/`.startsWith(`${one.scope.toLowerCase()}/`)
  const principal = /^principalId eq '?([0-9a-f-]{36})'?$/i.exec(filter)?.[1]
  return within(one.scope, scope) && (principal === undefined || one.principalId === principal.toLowerCase())
}

function canSee(rights: Rights, caller: Caller | null, scope: string): boolean {
  const principal = principals.find((one) => one.oid === caller?.oid)
  return (
    principal !== undefined &&
    caller !== null &&
    rights.isAllowed(caller, 'Microsoft.Resources/subscriptions/read', scope)
  )
}

function within(one: string, scope: string): boolean {
  const [a, b] = [`${one.toLowerCase()}/`, `${scope.toLowerCase()}/`]
  return a.startsWith(b) || b.startsWith(a)
}

function states(cloud: Pick<PracticeRequest, 'store'>): ProviderStates {
  return cloud.store.part('providers', () => ({}) as ProviderStates)
}

function knownNamespace(request: PracticeRequest): string {
  const wanted = request.params['namespace'] ?? ''
  const found = Object.keys(providers).find((name) => name.toLowerCase() === wanted.toLowerCase())
  if (!found) throw armError(404, 'InvalidResourceNamespace', `The resource namespace '${wanted}' is invalid.`)
  return found
}

function providerBody(request: PracticeRequest, namespace: string, counts = false): object {
  const subscription = requireSubscription(request).id
  if (counts) readRegistration(request, subscription, namespace)
  const displayNames: readonly string[] = regions.map((region) => region.displayName)
  return {
    id: `/subscriptions/${subscription}/providers/${namespace}`,
    namespace,
    resourceTypes: (providers[namespace] ?? []).map((resourceType) => ({
      resourceType,
      locations: displayNames,
      apiVersions: ['2026-04-01', '2025-12-03', '2025-06-01', '2023-11-01'],
    })),
    registrationState: providerState(request, subscription, namespace),
    registrationPolicy: 'RegistrationRequired',
  }
}

// Reading the provider is the only way to wait for a registration, so it counts as a poll.
function readRegistration(request: PracticeRequest, subscription: string, namespace: string): void {
  for (const operation of request.operations.running('provider.register')) {
    const { data } = operation
    if (data['subscription'] === subscription && data['namespace'] === namespace) request.operations.read(operation.id)
  }
}

/** Where somebody is at home or a guest, whichever of these tenants the token is for. */
function tenantsOf(caller: Caller | null): Tenant[] {
  const person = principals.find((one) => one.oid === caller?.oid)
  return person ? tenants.filter((one) => memberOf(one, person.homeOid ?? person.oid) !== null) : []
}

function tenantBody(tenant: Tenant): object {
  return {
    id: `/tenants/${tenant.id}`,
    tenantId: tenant.id,
    countryCode: 'DE',
    displayName: tenant.displayName,
    domains: [tenant.defaultDomain],
    tenantCategory: 'Home',
    defaultDomain: tenant.defaultDomain,
    tenantType: 'AAD',
  }
}

function subscriptionBody(one: (typeof subscriptions)[number]): object {
  return {
    id: `/subscriptions/${one.id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: one.id,
    tenantId: one.tenantId,
    displayName: one.name,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  }
}

function regionBody(subscription: string, region: (typeof regions)[number]): object {
  return {
    id: `/subscriptions/${subscription}/locations/${region.name}`,
    name: region.name,
    type: 'Region',
    displayName: region.displayName,
    regionalDisplayName: `(Europe) ${region.displayName}`,
    metadata: {
      regionType: 'Physical',
      regionCategory: 'Recommended',
      geography: 'Europe',
      geographyGroup: 'Europe',
      longitude: region.longitude,
      latitude: region.latitude,
      physicalLocation: region.place,
      pairedRegion: [{ name: region.paired, id: `/subscriptions/${subscription}/locations/${region.paired}` }],
    },
  }
}
