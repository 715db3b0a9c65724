import type { ErrorCode, ErrorParams } from '../../shared/errors'
import { isTooFarOff } from '../net/clock-skew'
import { storageAccountAt } from '../net/storage-account'
import type { Said } from './error-body'
import { imageRules, poolRules } from './image-and-pool-rules'
import { byCode, byText, found, nameOf, quotaNumbers, thingAt, wordsOf, type Facts, type Rule } from './rule-parts'
import { vmRules } from './vm-rules'

type Finding = { code: ErrorCode; params: ErrorParams }

/** First rule that fits, looking at the innermost words first; else by the HTTP status. null: nobody foresaw it. */
export function classify(said: Said[], facts: Facts): Finding | null {
  for (const words of [...said].reverse()) {
    const rule = rules.find((it) => it.match(words, facts))
    if (rule) return { code: rule.code, params: rule.params?.(words, facts) ?? {} }
  }
  return byStatus(said, facts)
}

const rules: Rule[] = [
  // A clock that is far off makes every token and signature look expired or not yet valid
  {
    match: (said, { status, skewMinutes }) =>
      (status === 401 || status === 403) &&
      isTooFarOff(skewMinutes) &&
      /^(?:|No|Expired|Invalid)Authentication/.test(said.code),
    code: 'clock.wrong',
    params: (_, { skewMinutes }) => ({ minutes: Math.abs(skewMinutes) }),
  },
  // The organisation forbids it: before the rights, because both come as 403
  {
    match: byCode('RequestDisallowedByPolicy', 'OperationsOnCustomImageRestrictedByPolicy'),
    code: 'cloud.policy',
    params: (said, facts) => ({
      name: /Resource '([^']+)'/.exec(said.message)?.[1] ?? thingAt(facts).name,
      ...found(said, { policy: /"policyAssignment":\s*\{[^}]*?"name":\s*"([^"]+)"/ }),
      ...(said.policy && { policy: said.policy }),
    }),
  },
  {
    match: byCode('ScopeLocked'),
    code: 'cloud.locked',
    params: (said) =>
      found(said, {
        scope: /scope\(s\) are locked: '([^']+?)(?:\/providers\/Microsoft\.Authorization\/locks\/[^']*)?'/i,
        lock: /\/locks\/([^'/,]+)/i,
      }),
  },
  {
    match: byCode('ReadOnlyDisabledSubscription', 'SubscriptionNotActive', 'DisabledSubscription'),
    code: 'cloud.subscription-disabled',
    params: (said) => found(said, { subscription: /subscription '([^']+)'/i }),
  },
  {
    match: byCode('SubscriptionNotFound', 'InvalidSubscriptionId'),
    code: 'cloud.subscription-unknown',
    params: (said) => found(said, { subscription: /subscription '([^']+)'/i }),
  },
  // Networks that this computer is not in
  {
    match: (said, { host, path }) =>
      (said.code === 'AuthorizationFailure' && (/\.batch\./.test(host) || path.startsWith('/batch/'))) ||
      /public network access.*(?:disabled|not allowed)/i.test(said.message),
    code: 'account.private',
    params: (_, { host, path }) => ({ account: /^\/batch\/([^/]+)/.exec(path)?.[1] ?? host.split('.')[0] ?? '' }),
  },
  {
    // AzureStorageExplorer issue 8769: the firewall answers in other words than missing roles do.
    match: (said, { status }) => said.code === 'AuthorizationFailure' && status === 403,
    code: 'storage.firewall',
    params: (_, { host, path }) => ({ account: storageAccountAt(host, path) }),
  },
  // User subscription mode
  {
    match: (said) => said.code === 'InvalidKeyVaultReference' || /invalid key vault reference/i.test(said.message),
    code: 'account.vault-unfit',
    params: (said) => found(said, { name: /\/vaults\/([^'/]+)/i }),
  },
  {
    match: (said) => said.code === 'InsufficientPermissions' && /\bBatch\b/.test(said.message),
    code: 'account.service-role',
    params: (said) => found(said, { subscription: /subscription '([^']+)'/i }),
  },
  // Rights
  { match: byText(/authentication SharedKey is not allowed/i), code: 'account.key-refused' },
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
  // Versions and registration
  {
    match: byCode('UnsupportedRequestVersion', 'InvalidApiVersionParameter', 'UnsupportedApiVersion'),
    code: 'cloud.version-dropped',
  },
  {
    match: byCode('MissingSubscriptionRegistration', 'SubscriptionNotRegistered'),
    code: 'cloud.provider-unregistered',
    params: (said) => ({ name: /namespace '([^']+)'/.exec(said.message)?.[1] ?? 'Microsoft.Batch' }),
  },
  // Quota: before the general refusals, because OperationNotAllowed means many things
  ...poolRules.filter(({ code }) => code === 'quota.spot'),
  {
    match: byText(/exceeding approved .*\bCores\b quota/i),
    code: 'quota.subscription',
    params: quotaNumbers,
  },
  {
    match: (said) =>
      /^Account(?:|VMSeries)CoreQuotaReached$/.test(said.code) ||
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
  {
    match: byCode('ContainerNotFound'),
    code: 'cloud.not-found',
    params: (_, { path }) => ({ kind: 'container', name: nameOf(path.slice(0, Math.max(0, path.lastIndexOf('/')))) }),
  },
  ...vmRules,
  ...imageRules,
  ...poolRules,
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

function waiting(_: Said, { retryAfterSeconds }: Facts): ErrorParams {
  return retryAfterSeconds === null ? {} : { seconds: retryAfterSeconds }
}
