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
  name: string
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

const rules: Rule[] = [
  // Rights
  {
    match: byCode('LinkedAuthorizationFailed', 'AuthorizationFailed', 'AuthorizationPermissionMismatch'),
    code: 'cloud.forbidden',
    params: missingRight,
  },
  {
    match: byText(/SharedKey is not allowed when external resources/i),
    code: 'cloud.forbidden',
    params: () => ({ action: 'Entra', scope: 'Batch' }),
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
    match: (said, facts) => facts.hasSas && (facts.status === 403 || facts.status === 401) && said.code !== '',
    code: 'upload.access-expired',
  },
  // Registration
  {
    match: byCode('MissingSubscriptionRegistration', 'SubscriptionNotRegistered'),
    code: 'cloud.provider-unregistered',
    params: (said) => ({ provider: /namespace '([^']+)'/.exec(said.message)?.[1] ?? 'Microsoft.Batch' }),
  },
  // Quota: before the general refusals, because OperationNotAllowed means many things
  {
    match: byCode(
      'AccountCoreQuotaReached',
      'AccountLowPriorityCoreQuotaReached',
      'AccountSpotCoreQuotaReached',
      'AccountVMSeriesCoreQuotaReached',
    ),
    code: 'quota.cores',
    params: quotaNumbers,
  },
  {
    match: byText(/\b(?:cores?|vcpus?)\b[^.]*\bquota\b|quota[^.]*\bcores?\b/i),
    code: 'quota.cores',
    params: quotaNumbers,
  },
  {
    match: (said) =>
      /^(?:SubscriptionQuotaExceeded|BatchAccountQuotaReached|AccountQuotaReached)$/.test(said.code) ||
      (/quota|limit/i.test(said.message) && /(?:number of )?batch accounts/i.test(said.message)),
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
    params: (said, facts) => ({ name: facts.name || nameIn(said.message) || lastName(facts.path) }),
  },
  // Images
  {
    match: byText(/is not available in (\S+) region/i),
    code: 'image.no-replica',
    params: (said) => ({ region: /is not available in ['"]?([\w-]+)['"]? region/i.exec(said.message)?.[1] ?? '' }),
  },
  {
    match: byText(/cannot boot Hypervisor Generation/i),
    code: 'image.generation-mismatch',
    params: (said) => ({ generation: `V${/Hypervisor Generation '?(\d)/i.exec(said.message)?.[1] ?? '2'}` }),
  },
  {
    match: (said) =>
      /Only blobs formatted as VHDs can be imported|must be a multiple of MiB|unsupported virtual size/i.test(
        said.message,
      ) || /^GallerySourceResourceExceedsMaxSize$/.test(said.code),
    code: 'image.rejected',
    params: words,
  },
  {
    match: byText(/replication jobs? failed/i),
    code: 'image.replication-failed',
    params: (said) => ({
      ...words(said),
      region: /regions?:?\s*\[?'?([\w, -]+?)'?\]?[.)]/i.exec(said.message)?.[1] ?? '',
    }),
  },
  // Pools
  {
    match: (said) =>
      /^(?:Allocation(?:Failed|Timedout|TimedOut)|OverconstrainedAllocationRequest|ZonalAllocationFailed|SkuNotAvailable|ResizeStopped|IncompatibleVMSize|DependentResourceNotFound|MarketplacePurchaseEligibilityFailed|MissingPublisherPropertyInMarketPlacePlan|DiskEncryptionFailure|FailedIdentityOperation|RemoveNodesFailed|CommunicationEnabledPoolReachedMaxVMCount)$/.test(
        said.code,
      ),
    code: 'pool.resize-failed',
    params: (said) => ({ reason: said.code, ...words(said) }),
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
    params: host,
  },
  // 412 of `If-None-Match: *`
  {
    match: (_, facts) => facts.status === 412 && facts.method === 'PUT',
    code: 'cloud.name-taken',
    params: (_, facts) => ({ name: facts.name || lastName(facts.path) }),
  },
]

function byStatus(said: Said[], facts: Facts): Finding | null {
  const { status } = facts
  const inner = said.at(-1) ?? { code: '', message: '' }
  if (status === 401) return { code: 'signIn.needed', params: {} }
  if (status === 403) return { code: 'cloud.forbidden', params: missingRight(inner, facts) }
  if (status === 404 || status === 410) {
    return { code: 'cloud.not-found', params: { name: facts.name || lastName(facts.path) } }
  }
  if (status === 429) return { code: 'cloud.throttled', params: waiting(inner, facts) }
  if (status === 409 || status === 412) return { code: 'cloud.conflict', params: words(inner) }
  if (status === 408 || status >= 500) return { code: 'cloud.unavailable', params: host(inner, facts) }
  if (status >= 400) return { code: 'cloud.bad-request', params: words(inner) }
  return said.length > 0 ? { code: 'cloud.operation-failed', params: words(inner) } : null
}

function byCode(...codes: string[]): Rule['match'] {
  return (said) => codes.includes(said.code)
}

function byText(pattern: RegExp): Rule['match'] {
  return (said) => pattern.test(said.message)
}

/** Azure says `to perform action 'X' over scope 'Y'`; the linked form first names the action that is allowed. */
function missingRight(said: Said, facts: Facts): ErrorParams {
  const missing = said.message.split(/does not have permission|not have authorization|is not authorized/i).at(-1) ?? ''
  const action = /action(?:\(s\))? '([^']+)'/i.exec(missing)?.[1]
  const scope = /scope(?:\(s\))? '([^']+)'/i.exec(missing)?.[1]
  return {
    action: action ?? `${facts.method} ${lastName(facts.path)}`.trim(),
    scope: scope ?? (facts.path || facts.host),
  }
}

/** `Current Limit: 10, Current Usage: 8, Additional Required: 4`; Batch: `0 Total dedicated vCPUs`. 0 where not said. */
function quotaNumbers(said: Said): ErrorParams {
  const number = (pattern: RegExp) => Number(pattern.exec(said.message)?.[1] ?? 0)
  return {
    family: /(?:approved|exceeding)\s+(?:approved\s+)?(\S+(?: \S+)?) Cores quota/i.exec(said.message)?.[1] ?? '',
    limit: number(/(?:current )?limit[^\d]{0,12}(\d+)/i),
    used: number(/(?:current )?usage[^\d]{0,12}(\d+)/i),
    needed: number(/(?:additional )?required[^\d]{0,12}(\d+)/i),
  }
}

function waiting(_: Said, facts: Facts): ErrorParams {
  return { seconds: facts.retryAfterSeconds ?? 0 }
}

function host(_: Said, facts: Facts): ErrorParams {
  return { host: facts.host }
}

function words(said: Said): ErrorParams {
  return { message: said.message.slice(0, 500) || said.code }
}

function nameIn(message: string): string {
  return (
    /(?:named|name|account|resource|pool|group)\s+'?"?([A-Za-z0-9._-]+)'?"?\s+(?:is already|already|is not available)/i.exec(
      message,
    )?.[1] ?? ''
  )
}

function lastName(path: string): string {
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}
