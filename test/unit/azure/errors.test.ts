import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline'
import { expect, test } from 'vitest'
import { asking, failureOf, orNull, toAppError, withoutSecrets } from '../../../src/main/azure/errors'
import { AppError } from '../../../src/shared/errors'

const poolUrl =
  'https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a/pools/p'
const storageUrl =
  'https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stbisdemo'
const versionUrl =
  'https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/x/images/d/versions/1.0.0'
const blobUrl = 'https://acct.blob.core.windows.net/vhds/disk.vhd'

type Failure = {
  status: number
  body: string
  url?: string
  method?: 'GET' | 'PUT' | 'POST'
  headers?: Record<string, string>
}

/** What @azure/core-rest-pipeline and the SDKs above it throw for such an answer. */
function restError({ status, body, url = poolUrl, method = 'PUT', headers = {} }: Failure): RestError {
  const request = createPipelineRequest({ url, method })
  request.headers.set('Authorization', 'Bearer eyJsecret.payload.signature')
  const answer = createHttpHeaders({ 'x-ms-request-id': '9a9c7a9b-1f2e', ...headers })
  const response = { status, headers: answer, request, bodyAsText: body }
  return new RestError(`HTTP ${status}`, { statusCode: status, request, response })
}
function arm(code: string, message: string, details?: unknown[]): string {
  return JSON.stringify({ error: { code, message, ...(details && { details }) } })
}

// Bodies as published: Microsoft Learn (ARM "Troubleshoot common errors", Batch "Error checking", Storage "Common error codes") and the
// issues named beside each.
test.each<[string, Failure, string, Record<string, unknown>]>([
  [
    'missing right',
    {
      status: 403,
      body: arm(
        'AuthorizationFailed',
        "The client 'ann@contoso.com' with object id '1f' does not have authorization to perform action 'Microsoft.Batch/batchAccounts/write' over scope '/subscriptions/s/resourceGroups/g' or the scope is invalid. If access was recently granted, please refresh your credentials.",
      ),
    },
    'cloud.forbidden',
    { action: 'Microsoft.Batch/batchAccounts/write', scope: '/subscriptions/s/resourceGroups/g' },
  ],
  [
    'missing right on a linked resource (batch-sig-images.md)',
    {
      status: 403,
      body: arm(
        'LinkedAuthorizationFailed',
        "The client 'x' with object id 'y' has permission to perform action 'Microsoft.Batch/batchAccounts/pools/write' on scope '/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a/pools/p'; however, it does not have permission to perform action(s) 'Microsoft.Compute/disks/beginGetAccess/action' on the linked scope(s) '/subscriptions/s/resourceGroups/img/providers/Microsoft.Compute/galleries/g1/images/d/versions/1.0.0' (respectively) or the linked scope(s) are invalid.",
      ),
    },
    'cloud.forbidden',
    {
      action: 'Microsoft.Compute/disks/beginGetAccess/action',
      scope: '/subscriptions/s/resourceGroups/img/providers/Microsoft.Compute/galleries/g1/images/d/versions/1.0.0',
    },
  ],
  [
    'no data role on the storage account',
    {
      status: 403,
      url: blobUrl,
      body: '\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>This request is not authorized to perform this operation using this permission.\nRequestId:a\nTime:b</Message></Error>',
    },
    'cloud.forbidden',
    {
      action: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
      scope: '/vhds/disk.vhd',
    },
  ],
  [
    'account keys instead of Entra (MicrosoftDocs/azure-docs 51092)',
    {
      status: 403,
      body: '{"odata.metadata":"x","code":"AuthenticationErrorDetail","message":{"lang":"en-US","value":"The specified type of authentication SharedKey is not allowed when external resources of type Compute are linked.\\nRequestId:r"}}',
    },
    'account.key-refused',
    {},
  ],
  [
    'account keys at the Batch service, which keeps the reason among its values (batch-sig-images.md)',
    {
      status: 403,
      url: 'https://a.westeurope.batch.azure.com/pools',
      body: '{"code":"AuthenticationFailed","message":{"lang":"en-US","value":"Server failed to authenticate the request."},"values":[{"key":"AuthenticationErrorDetail","value":"The specified type of authentication SharedKey is not allowed when external resources of type Compute are linked."}]}',
    },
    'account.key-refused',
    {},
  ],
  [
    'policy of the organisation, named in the words (microsoft/vscode-apimanagement 348)',
    {
      status: 403,
      url: storageUrl,
      body: arm(
        'RequestDisallowedByPolicy',
        `Resource 'stbisdemo' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"allowed-regions","id":"/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/allowed-regions"},"policyDefinition":{"name":"d","id":"/subscriptions/s/providers/Microsoft.Authorization/policyDefinitions/d"}}]'.`,
      ),
    },
    'cloud.policy',
    { name: 'stbisdemo', policy: 'allowed-regions' },
  ],
  [
    'policy of the organisation, named beside the words (Microsoft Learn, RequestDisallowedByPolicy)',
    {
      status: 403,
      url: storageUrl,
      body: JSON.stringify({
        error: {
          code: 'RequestDisallowedByPolicy',
          message:
            "Resource 'stbisdemo' was disallowed by policy. Reasons: 'Only Europe.'. See error details for policy resource IDs.",
          additionalInfo: [
            {
              type: 'PolicyViolation',
              info: { policyAssignmentName: 'a1', policyAssignmentDisplayName: 'Allowed locations' },
            },
          ],
        },
      }),
    },
    'cloud.policy',
    { name: 'stbisdemo', policy: 'Allowed locations' },
  ],
  [
    'lock (Microsoft Learn, "Lock your resources")',
    {
      status: 409,
      body: arm(
        'ScopeLocked',
        "The scope '/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a/pools/p' cannot perform write operation because following scope(s) are locked: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/locks/keep'. Please remove the lock and try again.",
      ),
    },
    'cloud.locked',
    { scope: '/subscriptions/s/resourceGroups/g', lock: 'keep' },
  ],
  [
    'disabled subscription (microsoft/vscode-azureappservice 1646)',
    {
      status: 409,
      body: arm(
        'ReadOnlyDisabledSubscription',
        "The subscription '986ab24e' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.",
      ),
    },
    'cloud.subscription-disabled',
    { subscription: '986ab24e' },
  ],
  [
    'unknown subscription',
    {
      status: 404,
      method: 'GET',
      body: arm('SubscriptionNotFound', "The subscription '986ab24e' could not be found."),
    },
    'cloud.subscription-unknown',
    { subscription: '986ab24e' },
  ],
  [
    'firewall of the storage account (microsoft/AzureStorageExplorer 8769)',
    {
      status: 403,
      url: blobUrl,
      body: '<Error><Code>AuthorizationFailure</Code><Message>This request is not authorized to perform this operation.\nRequestId:a</Message></Error>',
    },
    'storage.firewall',
    { account: 'acct' },
  ],
  [
    'Batch account in a private network (Azure/BatchExplorer 2260)',
    {
      status: 403,
      url: 'https://mine.westeurope.batch.azure.com/pools',
      body: '{"code":"AuthorizationFailure","message":{"lang":"en-US","value":"This request is not authorized to perform this operation."}}',
    },
    'account.private',
    { account: 'mine' },
  ],
  [
    'a version of the interface that is not served any more',
    { status: 400, body: arm('UnsupportedRequestVersion', 'The request version is not supported.') },
    'cloud.version-dropped',
    {},
  ],
  [
    'clock that is an hour behind',
    {
      status: 401,
      body: arm('InvalidAuthenticationToken', 'The access token is not yet valid.'),
      headers: { date: new Date(Date.now() + 3_600_000).toUTCString() },
    },
    'clock.wrong',
    { minutes: 60 },
  ],
  [
    'clock that is ten minutes behind, which Azure tolerates',
    {
      status: 401,
      body: arm('InvalidAuthenticationToken', 'The access token is invalid.'),
      headers: { date: new Date(Date.now() + 600_000).toUTCString() },
    },
    'signIn.needed',
    {},
  ],
  [
    'provider not registered',
    {
      status: 409,
      body: arm(
        'MissingSubscriptionRegistration',
        "The subscription is not registered to use namespace 'Microsoft.Batch'. See https://aka.ms/rps-not-found for how to register subscriptions.",
      ),
    },
    'cloud.provider-unregistered',
    { name: 'Microsoft.Batch' },
  ],
  [
    'storage account name of somebody else',
    {
      status: 409,
      url: storageUrl,
      body: arm('StorageAccountAlreadyTaken', 'The storage account named stbisdemo is already taken.'),
    },
    'cloud.name-taken',
    { kind: 'storage account', name: 'stbisdemo' },
  ],
  [
    'blob already there',
    {
      status: 409,
      url: blobUrl,
      body: '<Error><Code>BlobAlreadyExists</Code><Message>The specified blob already exists.</Message></Error>',
    },
    'cloud.name-taken',
    { kind: 'page blob', name: 'disk.vhd' },
  ],
  [
    'pool already there',
    {
      status: 412,
      body: arm(
        'PreconditionFailed',
        'The precondition given in one or more of the request-header fields evaluated to false.',
      ),
    },
    'cloud.name-taken',
    { kind: 'pool', name: 'p' },
  ],
  [
    'vCPU quota of the subscription',
    {
      status: 409,
      body: arm(
        'OperationNotAllowed',
        'Operation could not be completed as it results in exceeding approved standardDSv3Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 8, Additional Required: 4, (Minimum) New Limit Required: 12.',
      ),
    },
    'quota.subscription',
    { family: 'standardDSv3Family', region: 'westeurope', limit: 10, used: 8, needed: 4 },
  ],
  [
    'no more Batch accounts in the region',
    {
      status: 409,
      body: arm(
        'SubscriptionQuotaExceeded',
        'The regional account quota of 3 Batch accounts for the specified subscription has been reached.',
      ),
    },
    'quota.accounts',
    {},
  ],
  [
    'no more pools',
    {
      status: 409,
      body: '{"code":"PoolQuotaReached","message":{"lang":"en-US","value":"The specified account has reached pool quota."}}',
    },
    'quota.pools',
    {},
  ],
  [
    'image without replica in the region (pulumi/pulumi-aws 5129)',
    {
      status: 404,
      body: arm(
        'GalleryImageNotFound',
        'The gallery image /subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/gal/images/d/versions/1.0.0 is not available in northeurope region. Please contact image owner to replicate to this region, or change your requested region.',
      ),
    },
    'image.no-replica',
    { version: '1.0.0', region: 'northeurope' },
  ],
  [
    'blob that is no VHD',
    {
      status: 400,
      body: arm('InvalidParameter', 'The specified blob is not valid. Only blobs formatted as VHDs can be imported.'),
    },
    'image.not-vhd',
    {},
  ],
  [
    'disk above the limit (MicrosoftDocs/azure-docs 113012)',
    {
      status: 400,
      body: arm(
        'GallerySourceResourceExceedsMaxSize',
        'The GalleryImageVersion source resource size 2520 exceeds the max size 2048 supported.',
      ),
    },
    'image.too-large',
    { size: '2520', limit: '2048' },
  ],
  [
    'copies that failed in one region (Azure/azure-cli 15539)',
    {
      status: 409,
      url: versionUrl,
      body: arm(
        'ValidationError',
        "Gallery replication jobs failed in one or more regions. The failing regions' details are as follows: '{region:northeurope, detail:Failed with internal server error.}'. If retry does not work, then please do an update by removing the failed regions and update again by adding them back.",
      ),
    },
    'image.replication-failed',
    { version: '1.0.0', region: 'northeurope', reason: 'Failed with internal server error.' },
  ],
  [
    'size of the VHD',
    {
      status: 400,
      body: arm(
        'InvalidParameter',
        'The upload size in bytes 1073742336 - 512 bytes for the VHD footer (1073741824 in this case) must be a multiple of MiB.',
      ),
    },
    'image.bad-size',
    { bytes: '1073742336' },
  ],
  [
    'size of the blob (azure-compute-docs create-upload-generic.md)',
    {
      status: 400,
      body: arm(
        'InvalidVhd',
        'The specified disk "d" with blob https://acct.blob.core.windows.net/vhds/disk.vhd has an unsupported virtual size of 21475270656 bytes.  The size must be a whole number (in MBs).',
      ),
    },
    'image.bad-size',
    { bytes: '21475270656' },
  ],
  [
    'unknown resource',
    {
      status: 404,
      method: 'GET',
      body: arm(
        'ResourceNotFound',
        "The Resource 'Microsoft.Batch/batchAccounts/a' under resource group 'g' was not found.",
      ),
    },
    'cloud.not-found',
    { kind: 'pool', name: 'p' },
  ],
  [
    'unknown group',
    { status: 404, method: 'GET', body: arm('ResourceGroupNotFound', "Resource group 'g' could not be found.") },
    'cloud.not-found',
    {},
  ],
  [
    'unknown blob',
    { status: 404, method: 'GET', url: blobUrl, body: '', headers: { 'x-ms-error-code': 'BlobNotFound' } },
    'cloud.not-found',
    { kind: 'page blob', name: 'disk.vhd' },
  ],
  [
    'the uploaded disk of an image version',
    {
      status: 404,
      url: versionUrl,
      body: arm('NotFound', "The source blob 'https://acct.blob.core.windows.net/vhds/disk.vhd' was not found."),
    },
    'upload.target-missing',
    { blob: 'https://acct.blob.core.windows.net/vhds/disk.vhd' },
  ],
  [
    'throttling',
    { status: 429, body: arm('TooManyRequests', 'The request is being throttled.'), headers: { 'retry-after': '17' } },
    'cloud.throttled',
    { seconds: 17 },
  ],
  ['throttling without words', { status: 429, body: '' }, 'cloud.throttled', {}],
  [
    'busy storage',
    {
      status: 503,
      url: blobUrl,
      body: '<Error><Code>ServerBusy</Code><Message>Ingress is over the account limit.</Message></Error>',
    },
    'cloud.unavailable',
    { host: 'acct.blob.core.windows.net' },
  ],
  [
    'gateway',
    { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
    'cloud.unavailable',
    { host: 'management.azure.com' },
  ],
  [
    'expired token',
    {
      status: 401,
      body: arm(
        'ExpiredAuthenticationToken',
        "The access token expiry UTC time '11/23/2026 7:00:00 AM' is earlier than current UTC time.",
      ),
    },
    'signIn.needed',
    {},
  ],
  [
    'expired SAS',
    {
      status: 403,
      url: `${blobUrl}?sv=2026-10-06&sig=abc`,
      body: '<Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message><AuthenticationErrorDetail>Signature not valid in the specified time frame</AuthenticationErrorDetail></Error>',
    },
    'upload.access-expired',
    {},
  ],
  [
    'damaged pages',
    {
      status: 400,
      url: blobUrl,
      body: '<Error><Code>Md5Mismatch</Code><Message>The MD5 value specified in the request did not match with the MD5 value calculated by the server.</Message></Error>',
    },
    'upload.checksum',
    {},
  ],
  [
    'blob changed by others',
    {
      status: 412,
      url: blobUrl,
      body: '<Error><Code>ConditionNotMet</Code><Message>The condition specified using HTTP conditional header(s) is not met.</Message></Error>',
    },
    'upload.target-changed',
    {},
  ],
  [
    'conflict',
    { status: 409, body: arm('Conflict', 'The account is being updated.') },
    'cloud.conflict',
    { reason: 'The account is being updated.' },
  ],
  [
    'refused request',
    { status: 400, body: arm('InvalidRequestBody', 'The specified Request Body is not syntactically valid.') },
    'cloud.bad-request',
    { reason: 'The specified Request Body is not syntactically valid.' },
  ],
])('%s', (_, failure, code, params) => {
  const error = toAppError(restError(failure))
  expect(error).toMatchObject({ code, params })
  expect(error.details).toMatchObject({ status: failure.status, requestId: '9a9c7a9b-1f2e' })
  expect(JSON.stringify([error.toData(), error.cause])).not.toMatch(/eyJsecret|sig=abc/)
})

test('the service’s own words, code, request id and address without query are kept for support', () => {
  const error = toAppError(restError({ status: 409, url: `${poolUrl}?api-version=1`, body: arm('Conflict', 'Busy.') }))
  expect(error.details).toEqual({
    status: 409,
    serviceCode: 'Conflict',
    requestId: '9a9c7a9b-1f2e',
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    method: 'PUT',
    url: poolUrl,
    message: 'Busy.',
  })
})

test('an error nested as JSON text in messages and details is judged by its innermost words', () => {
  const inner = JSON.stringify({
    error: {
      code: 'OperationNotAllowed',
      message:
        'exceeding approved standardBSFamily Cores quota. Current Limit: 4, Current Usage: 4, Additional Required: 2',
    },
  })
  const body = arm('DeploymentFailed', 'At least one resource deployment operation failed.', [
    { code: 'Conflict', message: `The operation failed: ${inner}` },
  ])
  expect(toAppError(restError({ status: 409, body }))).toMatchObject({
    code: 'quota.subscription',
    params: { family: 'standardBSFamily', limit: 4 },
  })
})

test('endless or hostile nesting is cut off', () => {
  let nested = 'x'
  for (let depth = 0; depth < 60; depth++)
    nested = JSON.stringify({ error: { code: `C${depth}`, message: nested.slice(0, 4000) } })
  expect(toAppError(restError({ status: 400, body: nested })).code).toBe('cloud.bad-request')
})

// Batch: PoolResizeErrorCodes (.NET reference); ga4gh-tes issue 43 for the generation.
test.each<
  [
    string,
    { code: string; message: string; values: { name: string; value: string }[] },
    string,
    Record<string, unknown>,
  ]
>([
  [
    'generation of the image',
    {
      code: 'AllocationFailed',
      message: 'Desired number of dedicated nodes could not be allocated',
      values: [
        {
          name: 'Provider Error Json',
          value:
            '{"error":{"code":"BadRequest","message":"The selected VM size \'Standard_A1_v2\' cannot boot Hypervisor Generation \'2\'. If this was a Create operation please check that the Hypervisor Generation of the Image matches"}}',
        },
        { name: 'Provider Error Json Truncated', value: 'False' },
      ],
    },
    'image.generation-mismatch',
    { found: 'V2', wanted: 'V1' },
  ],
  [
    'quota of the account',
    { code: 'AccountCoreQuotaReached', message: 'The specified account has reached core quota', values: [] },
    'quota.cores',
    {},
  ],
  [
    'no machines',
    {
      code: 'AllocationTimedout',
      message: 'Desired number of dedicated nodes could not be allocated as the resize timeout was reached',
      values: [],
    },
    'pool.no-capacity',
    { name: 'p' },
  ],
  [
    'Spot quota of the account',
    { code: 'AccountSpotCoreQuotaReached', message: 'The specified account has reached Spot core quota', values: [] },
    'quota.spot',
    {},
  ],
  [
    'Spot quota under its older name',
    { code: 'AccountLowPriorityCoreQuotaReached', message: 'reached low priority core quota', values: [] },
    'quota.spot',
    {},
  ],
  [
    'size that cannot be had (Azure/pcs-cli 147)',
    {
      code: 'AllocationFailed',
      message: 'Desired number of dedicated nodes could not be allocated',
      values: [
        {
          name: 'Provider Error Json',
          value: JSON.stringify({
            error: {
              code: 'SkuNotAvailable',
              message:
                "The requested size for resource '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v' is currently not available in location 'centralus' for subscription 's'. Please try another size or deploy to a different location.",
            },
          }),
        },
      ],
    },
    'pool.size-unavailable',
    { region: 'centralus' },
  ],
  [
    'quota of the subscription behind the allocation',
    {
      code: 'AllocationFailed',
      message: 'Desired number of dedicated nodes could not be allocated',
      values: [
        {
          name: 'Provider Error Json',
          value:
            '{"error":{"code":"OperationNotAllowed","message":"Operation could not be completed as it results in exceeding approved standardDSv3Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 10, Additional Required: 2, (Minimum) New Limit Required: 12."}}',
        },
      ],
    },
    'quota.subscription',
    { family: 'standardDSv3Family', limit: 10, used: 10, needed: 2 },
  ],
  [
    'security type (Microsoft Learn, "Trusted launch")',
    {
      code: 'AllocationFailed',
      message: 'Desired number of dedicated nodes could not be allocated',
      values: [
        {
          name: 'Provider Error Json',
          value:
            '{"error":{"code":"BadRequest","message":"The provided gallery image only supports creation of VMs and VM Scale Sets with \'TrustedLaunch\' security type."}}',
        },
      ],
    },
    'image.trusted-launch',
    {},
  ],
  [
    'terms of the base image (Azure/Azure-Network-Security 531)',
    {
      code: 'AllocationFailed',
      message: 'Desired number of dedicated nodes could not be allocated',
      values: [
        {
          name: 'Provider Error Json',
          value:
            '{"error":{"code":"MarketplacePurchaseEligibilityFailed","message":"Marketplace purchase eligibilty check returned errors. See inner errors for details."}}',
        },
      ],
    },
    'pool.terms',
    {},
  ],
  [
    'nodes that talk to each other',
    {
      code: 'CommunicationEnabledPoolReachedMaxVMCount',
      message: 'The pool has reached the maximum of 100 nodes for inter-node communication.',
      values: [],
    },
    'pool.too-many-nodes',
    { limit: '100' },
  ],
  [
    'size that does not fit',
    { code: 'IncompatibleVMSize', message: 'The specified VM size is incompatible.', values: [] },
    'pool.size-unavailable',
    {},
  ],
  [
    'something else that is gone',
    { code: 'DependentResourceNotFound', message: "Batch was unable to find 'subnet'.", values: [] },
    'pool.dependency-gone',
    { reason: "Batch was unable to find 'subnet'." },
  ],
  [
    'unknown code',
    { code: 'SomethingNew', message: 'New words', values: [] },
    'pool.resize-failed',
    { name: 'p', reason: 'New words' },
  ],
])('a resize that stopped is told by what Compute said: %s', (_, resizeError, code, params) => {
  expect(failureOf(resizeError, 'pool.resize-failed', { name: 'p' })).toMatchObject({ code, params })
})

test.each([
  ['ENOTFOUND', 'offline'],
  ['ECONNREFUSED', 'offline'],
  ['ECONNRESET', 'offline'],
  ['ETIMEDOUT', 'offline'],
  ['EAI_AGAIN', 'offline'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls.untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls.untrusted'],
  ['CERT_HAS_EXPIRED', 'tls.untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls.untrusted'],
])('without an answer, %s means %s', (code, expected) => {
  const request = createPipelineRequest({ url: `${blobUrl}?sig=abc`, method: 'PUT' })
  const error = toAppError(new RestError(`connect ${code}`, { code, request }))
  expect(error).toMatchObject({ code: expected, params: { host: 'acct.blob.core.windows.net' } })
})

test('an abort is no failure', () => {
  expect(toAppError(Object.assign(new Error('aborted'), { name: 'AbortError' })).code).toBe('cancelled')
})

test('our own errors pass through untouched, a bug stays a bug with its cause', () => {
  const own = new AppError('disk.footer')
  const bug = new TypeError('x is undefined')
  expect(toAppError(own)).toBe(own)
  expect(toAppError(bug)).toMatchObject({ code: 'unexpected', cause: bug })
})

test('what does not exist is null only where that was asked for', async () => {
  const missing = () => Promise.reject(restError({ status: 404, method: 'GET', body: arm('ResourceNotFound', 'gone') }))
  const forbidden = () => Promise.reject(restError({ status: 403, method: 'GET', body: '' }))
  expect(await orNull(missing)).toBeNull()
  await expect(asking(missing)).rejects.toMatchObject({ code: 'cloud.not-found' })
  await expect(orNull(forbidden)).rejects.toMatchObject({ code: 'cloud.forbidden' })
})

test.each([
  ['GET https://a.blob/x?sv=1&sig=aB%2F3%3D&se=2', 'GET https://a.blob/x?sv=1&sig=***&se=2'],
  ['Authorization: Bearer eyJ0eXAi.eyJhdWQi.c2ln', 'Authorization: Bearer ***'],
  ['grant_type=x&client_secret=hush&scope=y', 'grant_type=x&client_secret=***&scope=y'],
  ['token eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJo.c2ln was bad', 'token *** was bad'],
])('secrets are taken out of text: %s', (text, clean) => {
  expect(withoutSecrets(text)).toBe(clean)
})
