import type { ErrorCode, ErrorParams } from '../../shared/errors'
import type { Said } from './error-body'

/** What is known about a failure beside the service's words. */
export type Facts = {
  status: number
  method: string
  /** '' where unknown. */
  host: string
  path: string
  hasSas: boolean
  retryAfterSeconds: number | null
}
type Finding = { code: ErrorCode; params: ErrorParams }
type Rule = {
  match: (said: Said, facts: Facts) => boolean
  code: ErrorCode
  params?: (said: Said, facts: Facts) => ErrorParams
}

/** First rule that fits, looking at the innermost words first; else by the HTTP status. null: nobody foresaw it. */
export function classify(said: Said[], facts: Facts): Finding | null {
  for (const words of [...said].reverse()) {
    const rule = rules.find((it) => it.match(words, facts))
    if (rule) return { code: rule.code, params: rule.params?.(words, facts) ?? {} }
  }
  return byStatus(said, facts)
}

/** Kind (a key of `messages.kinds`) and name of the thing that a URL is about. */
export function thingAt({ host, path }: Pick<Facts, 'host' | 'path'>): { kind: string; name: string } {
  const name = nameOf(path)
  const types = path.split('/').map((part) => part.toLowerCase())
  const at = Math.max(...Object.keys(kindOfType).map((type) => types.lastIndexOf(type)))
  const kind = kindOfType[types[at] ?? '']
  if (kind) return { kind, name: nameOf(path.split('/')[at + 1] ?? '') || name }
  return { kind: host && types.length > 2 ? 'page blob' : 'subscription', name }
}

const kindOfType: Record<string, string> = {
  subscriptions: 'subscription',
  locations: 'region',
  resourcegroups: 'resource group',
  batchaccounts: 'Batch account',
  storageaccounts: 'storage account',
  containers: 'container',
  galleries: 'gallery',
  images: 'image definition',
  versions: 'image version',
  pools: 'pool',
  nodes: 'compute node',
}

const rules: Rule[] = [
  // Rights
  {
    match: byCode('LinkedAuthorizationFailed', 'AuthorizationFailed', 'AuthorizationPermissionMismatch'),
    code: 'cloud.forbidden',
    params: missingRight,
  },
  {
    match: byCode(
      'ExpiredAuthenticationToken',
      'InvalidAuthenticationToken',
      'InvalidAuthenticationTokenTenant',
      'AuthenticationFailedInvalidHeader',
    ),
    code: 'signIn.needed',
  },
  {
    match: (said, { hasSas, status }) => hasSas && (status === 403 || status === 401) && said.code !== '',
    code: 'upload.access-expired',
  },
  // Registration
  {
    match: byCode('MissingSubscriptionRegistration', 'SubscriptionNotRegistered'),
    code: 'cloud.provider-unregistered',
    params: (said) => ({ name: /namespace '([^']+)'/.exec(said.message)?.[1] ?? 'Microsoft.Batch' }),
  },
  // Quota: before the general refusals, because OperationNotAllowed means many things
  {
    match: (said) =>
      /^Account(?:|LowPriority|Spot|VMSeries)CoreQuotaReached$/.test(said.code) ||
      /\b(?:cores?|vcpus?)\b[^.]*\bquota\b|quota[^.]*\bcores?\b/i.test(said.message),
    code: 'quota.cores',
    params: quotaNumbers,
  },
  {
    match: (said) =>
      /^(?:SubscriptionQuotaExceeded|BatchAccountQuotaReached|AccountQuotaReached)$/.test(said.code) ||
      (/quota|limit/i.test(said.message) && /batch accounts/i.test(said.message)),
    code: 'quota.accounts',
    params: quotaNumbers,
  },
  { match: byCode('PoolQuotaReached', 'PoolQuotaExceeded'), code: 'quota.pools', params: quotaNumbers },
  // Names
  {
    match: byCode(
      'StorageAccountAlreadyTaken',
      'StorageAccountAlreadyExists',
      'AccountNameAlreadyTaken',
      'AccountNameAlreadyInUse',
      'NameNotAvailable',
      'AlreadyExists',
      'BlobAlreadyExists',
      'PoolExists',
      'ResourceExists',
      'InvalidResourceLocation',
      'InvalidResourceGroupLocation',
    ),
    code: 'cloud.name-taken',
    params: (_, facts) => thingAt(facts),
  },
  // Things whose name only the words tell
  { match: byCode('ResourceGroupNotFound'), code: 'cloud.not-found', params: named('resource group') },
  { match: byCode('SubscriptionNotFound'), code: 'cloud.not-found', params: named('subscription') },
  {
    match: byCode('ContainerNotFound'),
    code: 'cloud.not-found',
    params: (_, { path }) => ({ kind: 'container', name: nameOf(path.slice(0, Math.max(0, path.lastIndexOf('/')))) }),
  },
  // Images
  {
    // The URL is that of the image version, which does not exist yet because of this.
    match: byText(/\bsource blob\b.*\b(?:was not found|could not be found|does not exist)/i),
    code: 'upload.target-missing',
    params: (said) => ({ blob: /https:[^\s'"?]+/.exec(said.message)?.[0] ?? '' }),
  },
  {
    match: byText(/is not available in (\S+) region/i),
    code: 'image.no-replica',
    params: (said) => ({
      version: /\/versions\/([\d.]+)/i.exec(said.message)?.[1] ?? '',
      region: /is not available in ['"]?([\w-]+)['"]? region/i.exec(said.message)?.[1] ?? '',
    }),
  },
  {
    match: byText(/cannot boot Hypervisor Generation/i),
    code: 'image.generation-mismatch',
    params: (said) =>
      /Generation '?1/i.test(said.message) ? { found: 'V1', wanted: 'V2' } : { found: 'V2', wanted: 'V1' },
  },
  {
    match: (said) =>
      said.code === 'GallerySourceResourceExceedsMaxSize' ||
      /Only blobs formatted as VHDs can be imported|must be a multiple of MiB|unsupported virtual size/i.test(
        said.message,
      ),
    code: 'image.rejected',
    params: (said, facts) => ({ version: versionAt(facts), reason: wordsOf(said) }),
  },
  {
    match: byText(/replication jobs? failed/i),
    code: 'image.replication-failed',
    params: (said, facts) => ({
      version: versionAt(facts),
      region: /regions?:?\s*\[?'?([\w, -]+?)'?\]?[.)]/i.exec(said.message)?.[1] ?? '',
      reason: wordsOf(said),
    }),
  },
  // Pools: codes of PoolResizeErrorCodes (.NET reference) and of Compute behind them
  {
    match: byCode(
      'AllocationFailed',
      'AllocationTimedout',
      'AllocationTimedOut',
      'OverconstrainedAllocationRequest',
      'ZonalAllocationFailed',
      'SkuNotAvailable',
      'ResizeStopped',
      'IncompatibleVMSize',
      'DependentResourceNotFound',
      'MarketplacePurchaseEligibilityFailed',
      'MissingPublisherPropertyInMarketPlacePlan',
      'DiskEncryptionFailure',
      'FailedIdentityOperation',
      'RemoveNodesFailed',
      'CommunicationEnabledPoolReachedMaxVMCount',
    ),
    code: 'pool.resize-failed',
    params: (said) => ({ reason: wordsOf(said) }),
  },
  // Blobs
  { match: byCode('Md5Mismatch', 'Crc64Mismatch'), code: 'upload.checksum' },
  {
    match: byCode('ConditionNotMet', 'LeaseIdMissing', 'LeaseIdMismatchWithBlobOperation'),
    code: 'upload.target-changed',
  },
  { match: byCode('InvalidPageRange', 'InvalidBlobType'), code: 'upload.target-foreign' },
  // Load
  { match: byCode('TooManyRequests'), code: 'cloud.throttled', params: waiting },
  {
    match: byCode('ServerBusy', 'InternalServerError', 'InternalError', 'ServiceUnavailable', 'OperationTimedOut'),
    code: 'cloud.unavailable',
    params: (_, { host }) => ({ host }),
  },
  // `If-None-Match: *` found something
  {
    match: (_, { status, method }) => status === 412 && method === 'PUT',
    code: 'cloud.name-taken',
    params: (_, facts) => thingAt(facts),
  },
]

function byStatus(said: Said[], facts: Facts): Finding | null {
  const { status, method, host } = facts
  const inner = said.at(-1) ?? { code: '', message: '' }
  if (status === 401) return { code: 'signIn.needed', params: {} }
  if (status === 403) return { code: 'cloud.forbidden', params: missingRight(inner, facts) }
  if (status === 404 || status === 410) return { code: 'cloud.not-found', params: thingAt(facts) }
  if (status === 429) return { code: 'cloud.throttled', params: waiting(inner, facts) }
  if (status === 412 && method === 'PUT') return { code: 'cloud.name-taken', params: thingAt(facts) }
  if (status === 409 || status === 412) return { code: 'cloud.conflict', params: { reason: wordsOf(inner) } }
  if (status === 408 || status >= 500) return { code: 'cloud.unavailable', params: { host } }
  if (status >= 400) return { code: 'cloud.bad-request', params: { reason: wordsOf(inner) } }
  if (said.length === 0) return null
  return { code: 'cloud.operation-failed', params: { ...thingAt(facts), reason: wordsOf(inner) } }
}

function byCode(...codes: string[]): Rule['match'] {
  return (said) => codes.includes(said.code)
}

function byText(pattern: RegExp): Rule['match'] {
  return (said) => pattern.test(said.message)
}

function named(kind: string): NonNullable<Rule['params']> {
  return (said, facts) => ({ kind, name: /'([^']+)'/.exec(said.message)?.[1] ?? thingAt(facts).name })
}

/** Azure says `to perform action 'X' over scope 'Y'`; the linked form first names the action that is allowed. */
function missingRight(said: Said, facts: Facts): ErrorParams {
  const missing = said.message.split(/does not have permission|not have authorization|is not authorized/i).at(-1) ?? ''
  const action = /action(?:\(s\))? '([^']+)'/i.exec(missing)?.[1]
  const scope = /scope(?:\(s\))? '([^']+)'/i.exec(missing)?.[1]
  const { kind } = thingAt(facts)
  return { action: action ?? actionsOnBlobs(kind, facts.method), scope: scope ?? (facts.path || facts.host) }
}

/** Blob Storage does not name the action that is missing; Microsoft Learn, "Azure role-based access control", does. */
function actionsOnBlobs(kind: string, method: string): string {
  if (kind !== 'page blob') return method
  const verb = method === 'GET' || method === 'HEAD' ? 'read' : method === 'DELETE' ? 'delete' : 'write'
  return `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${verb}`
}

/** `Current Limit: 10, Current Usage: 8, Additional Required: 4`. 0 where not said. */
function quotaNumbers(said: Said): ErrorParams {
  const number = (pattern: RegExp) => Number(pattern.exec(said.message)?.[1] ?? 0)
  return {
    family: /approved (\S+(?: \S+)?) Cores quota/i.exec(said.message)?.[1] ?? '',
    region: /Location: (\w+)/i.exec(said.message)?.[1] ?? '',
    limit: number(/(?:current )?limit[^\d]{0,12}(\d+)/i),
    used: number(/(?:current )?usage[^\d]{0,12}(\d+)/i),
    needed: number(/(?:additional )?required[^\d]{0,12}(\d+)/i),
  }
}

function waiting(_: Said, { retryAfterSeconds }: Facts): ErrorParams {
  return { seconds: retryAfterSeconds ?? 0 }
}

function versionAt(facts: Facts): string {
  const { kind, name } = thingAt(facts)
  return kind === 'image version' ? name : ''
}

function wordsOf(said: Said): string {
  return said.message.slice(0, 500) || said.code
}

function nameOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
