import { z } from 'zod'
import type { WireExchange } from '../../support/exchanges'

/**
 * Hand-written, as no document for these services lies beside this repository. Sources, all on Microsoft Learn:
 * Batch Service REST API reference (Account - List Supported Images, Account - List Pool Node Counts, Compute Node -
 * List, Pool - List, Pool - Get, Pool - Resize, Pool - Stop Resize, "Batch status and error codes"); Microsoft identity platform ("OAuth 2.0 authorization code flow", "... device
 * authorization grant", "... client credentials flow", "OpenID Connect"); Blob service REST API ("Status and error codes").
 */
const time = z.iso.datetime()
const text = z.string().min(1)
const count = z.int().min(0)

const image = z.strictObject({
  publisher: text,
  offer: text,
  sku: text,
  version: text.optional(),
  exactVersion: text.optional(),
})
const customImage = z.strictObject({ virtualMachineImageId: text, exactVersion: text.optional() })
const supportedImage = z.strictObject({
  nodeAgentSKUId: text,
  imageReference: image,
  osType: z.enum(['linux', 'windows']),
  capabilities: z.array(text).optional(),
  batchSupportEndOfLife: time.optional(),
  verificationType: z.enum(['verified', 'unverified']),
})
const nodeStates = [
  'idle',
  'rebooting',
  'reimaging',
  'running',
  'unusable',
  'creating',
  'starting',
  'waitingforstarttask',
  'starttaskfailed',
  'unknown',
  'leavingpool',
  'offline',
  'preempted',
  'upgradingos',
  'deallocated',
  'deallocating',
] as const
const nameAndValue = z.strictObject({ name: text, value: z.string() })
const startTask = z.strictObject({
  commandLine: text,
  waitForSuccess: z.boolean().optional(),
  maxTaskRetryCount: z.int().optional(),
  userIdentity: z.looseObject({}).optional(),
  resourceFiles: z.array(z.looseObject({})).optional(),
  environmentSettings: z.array(z.looseObject({})).optional(),
})
const startTaskInfo = z.strictObject({
  state: z.enum(['running', 'completed']),
  startTime: time,
  endTime: time.optional(),
  exitCode: z.int().optional(),
  failureInfo: z
    .strictObject({
      category: z.enum(['usererror', 'servererror']),
      code: text.optional(),
      message: text.optional(),
      details: z.array(nameAndValue).optional(),
    })
    .optional(),
  retryCount: count,
  lastRetryTime: time.optional(),
  result: z.enum(['success', 'failure']).optional(),
})
const node = z.strictObject({
  id: text,
  url: z.url(),
  state: z.enum(nodeStates),
  schedulingState: z.enum(['enabled', 'disabled']),
  stateTransitionTime: time,
  lastBootTime: time.optional(),
  allocationTime: time,
  ipAddress: z.ipv4(),
  affinityId: text,
  vmSize: text,
  totalTasksRun: count,
  runningTasksCount: count,
  runningTaskSlotsCount: count,
  totalTasksSucceeded: count,
  isDedicated: z.boolean(),
  startTask: startTask.optional(),
  startTaskInfo: startTaskInfo.optional(),
  errors: z
    .array(z.strictObject({ code: text, message: text, errorDetails: z.array(nameAndValue).optional() }))
    .optional(),
  nodeAgentInfo: z.strictObject({ version: text, lastUpdateTime: time }).optional(),
  virtualMachineInfo: z.strictObject({ imageReference: z.union([customImage, image]) }).optional(),
})
const countNames = [
  'creating',
  'deallocated',
  'deallocating',
  'idle',
  'leavingPool',
  'offline',
  'preempted',
  'rebooting',
  'reimaging',
  'running',
  'startTaskFailed',
  'starting',
  'unknown',
  'unusable',
  'upgradingOS',
  'waitingForStartTask',
  'total',
]
const counts = z.strictObject(Object.fromEntries(countNames.map((name) => [name, count])))
const poolCounts = z.strictObject({ poolId: text, dedicated: counts.optional(), lowPriority: counts.optional() })
const poolStates = {
  state: z.enum(['active', 'deleting']),
  allocationState: z.enum(['steady', 'resizing', 'stopping']),
}
const pool = z.strictObject({
  id: text,
  displayName: text.optional(),
  url: z.url(),
  eTag: text,
  lastModified: time,
  creationTime: time,
  ...poolStates,
  stateTransitionTime: time,
  allocationStateTransitionTime: time,
  vmSize: text,
  // What a pool on a VHD blob was made from has no field any more.
  virtualMachineConfiguration: z
    .looseObject({ imageReference: z.union([customImage, image, z.strictObject({})]), nodeAgentSKUId: text })
    .optional(),
  resizeTimeout: z.iso.duration().optional(),
  resizeErrors: z
    .array(
      z.strictObject({ code: text.optional(), message: text.optional(), values: z.array(nameAndValue).optional() }),
    )
    .optional(),
  currentDedicatedNodes: count,
  currentLowPriorityNodes: count,
  targetDedicatedNodes: count,
  targetLowPriorityNodes: count,
  enableAutoScale: z.boolean(),
  autoScaleFormula: text.optional(),
  autoScaleEvaluationInterval: z.iso.duration().optional(),
  enableInterNodeCommunication: z.boolean(),
  startTask: startTask.optional(),
  taskSlotsPerNode: count,
  taskSchedulingPolicy: z.strictObject({ nodeFillType: z.enum(['spread', 'pack']) }),
  metadata: z.array(nameAndValue).optional(),
})
const resizeRequest = z.strictObject({
  targetDedicatedNodes: count.optional(),
  targetLowPriorityNodes: count.optional(),
  resizeTimeout: z.iso.duration().optional(),
  nodeDeallocationOption: z.enum(['requeue', 'terminate', 'taskcompletion', 'retaineddata']).optional(),
})
const batchError = z.strictObject({
  'odata.metadata': z.url(),
  code: text,
  message: z.strictObject({ lang: text, value: text }),
  values: z.array(z.strictObject({ key: text, value: z.string() })).optional(),
})
function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ 'odata.metadata': z.url(), value: z.array(item), 'odata.nextLink': z.url().optional() })
}

const bearer = {
  token_type: z.literal('Bearer'),
  access_token: text,
  expires_in: count,
  ext_expires_in: count.optional(),
}
const tokens = z.union([
  z.strictObject(bearer),
  z.strictObject({
    ...bearer,
    scope: text,
    refresh_token: text.optional(),
    id_token: text.optional(),
    client_info: text.optional(),
  }),
])
const deviceCode = z.strictObject({
  device_code: text,
  user_code: text,
  verification_uri: z.url(),
  expires_in: count,
  interval: count,
  message: text,
})
const signInError = z.strictObject({
  error: text,
  error_description: z.string().regex(/^AADSTS\d+: /),
  error_codes: z.array(z.int()),
  timestamp: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
  trace_id: z.guid(),
  correlation_id: z.guid(),
  error_uri: z.url().optional(),
  suberror: text.optional(),
  claims: text.optional(),
})

/** `request`: of calls with a body; `status`: what a call that went through answers, where it is no 200. */
export type Rule = {
  name: string
  method: string
  path: RegExp
  answer: z.ZodType
  request?: z.ZodType
  status?: number
}
const nothing = z.undefined()
const batchRules: Rule[] = [
  { name: 'Account_ListSupportedImages', method: 'GET', path: /\/supportedimages$/, answer: page(supportedImage) },
  { name: 'Account_ListPoolNodeCounts', method: 'GET', path: /\/nodecounts$/, answer: page(poolCounts) },
  { name: 'ComputeNode_List', method: 'GET', path: /\/pools\/[^/]+\/nodes$/, answer: page(node) },
  { name: 'Pool_List', method: 'GET', path: /\/pools$/, answer: page(pool) },
  {
    name: 'Pool_Get',
    method: 'GET',
    path: /\/pools\/[^/]+$/,
    answer: pool.extend({ 'odata.metadata': z.url() }),
  },
  {
    name: 'Pool_Resize',
    method: 'POST',
    path: /\/pools\/[^/]+\/resize$/,
    request: resizeRequest,
    answer: nothing,
    status: 202,
  },
  { name: 'Pool_StopResize', method: 'POST', path: /\/pools\/[^/]+\/stopresize$/, answer: nothing, status: 202 },
]
const signInRules: Rule[] = [
  { name: 'token', method: 'POST', path: /\/oauth2\/v2\.0\/token$/, answer: tokens },
  { name: 'device code', method: 'POST', path: /\/oauth2\/v2\.0\/devicecode$/, answer: deviceCode },
]

export type DataJudged = { operation: string | null; violations: string[] }

/** The Batch data plane. Its errors are OData errors. */
export function judgeBatch(exchange: WireExchange): DataJudged {
  return judge(exchange, batchRules, batchError)
}

/** The sign-in service; its pages for people (HTML) are not judged. */
export function judgeSignIn(exchange: WireExchange): DataJudged {
  if (exchange.headers['content-type']?.startsWith('text/html')) return { operation: 'page', violations: [] }
  return judge(exchange, signInRules, signInError)
}

/** The blob service: version in every answer, the code of an error in a header and, with a body, as XML. */
export function judgeBlobs({ method, url, status, headers, body }: WireExchange): DataJudged {
  const { searchParams } = new URL(url, 'https://blob.invalid')
  const violations: string[] = []
  if (!headers['x-ms-version']) violations.push('header x-ms-version: missing')
  if (status >= 400) {
    const code = headers['x-ms-error-code']
    if (!code) violations.push('header x-ms-error-code: missing')
    if (body && !body.includes(`<Code>${code}</Code>`)) violations.push('error: no XML with the code of the header')
  }
  return {
    operation: [method, searchParams.get('restype'), searchParams.get('comp')].filter(Boolean).join(' '),
    violations,
  }
}

/** Holds one exchange against the first rule for its method and path. */
export function judge(exchange: WireExchange, rules: Rule[], failure: z.ZodType): DataJudged {
  const { pathname } = new URL(exchange.url, 'https://service.invalid')
  const rule = rules.find(({ method, path }) => method === exchange.method && path.test(pathname))
  if (!rule) return { operation: null, violations: [`${exchange.method} ${pathname}: no schema`] }
  const schema = exchange.status >= 400 ? failure : rule.answer
  const checked = schema.safeParse(exchange.body ? JSON.parse(exchange.body) : undefined)
  const asked = rule.request?.safeParse(exchange.request.body ? JSON.parse(exchange.request.body) : undefined)
  const said = (side: string, found: z.ZodSafeParseResult<unknown> | undefined) =>
    found?.error?.issues.map(({ path, message }) => `${side}.${path.join('.')}: ${message}`) ?? []
  const isOther = exchange.status < 400 && exchange.status !== (rule.status ?? 200)
  return {
    operation: rule.name,
    violations: [
      ...said('answer', checked),
      // What the service refused may be wrong.
      ...(exchange.status < 400 ? said('request', asked) : []),
      ...(isOther ? [`status: ${exchange.status}`] : []),
    ],
  }
}
