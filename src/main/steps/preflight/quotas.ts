import type { PreflightPlan, PreflightRow } from '../../../shared/preflight'
import type { VmSize } from '../../azure/accounts'
import { valueOr, type Answers } from './answers'

/** Cores that a plan may use in one respect. `used` = by others than this run. */
export type Room = { limit: number; used: number }

/** What limits the nodes of a plan: rooms by family in lower case, and altogether. null: nobody said. */
export type Rooms = { total: Room | null; spot: Room | null; families: Record<string, Room> | null }

/** Cores and counts against limits: of the account, or of the subscription where nodes are made in it. */
export function quotaRows(plan: PreflightPlan, answers: Answers): PreflightRow[] {
  return [...accountRows(plan, answers), ...poolRows(answers), ...coreRows(plan, answers), ...buildRows(plan, answers)]
}

function accountRows(plan: PreflightPlan, { accountsInRegion, account }: Answers): PreflightRow[] {
  // An account that is there already needs no room any more.
  if (plan.account.mode === 'choose' || valueOr(account, null)) return []
  const row = { id: 'quota accounts', family: 'quotas' as const, step: 'prepare.account' as const }
  const found = valueOr(accountsInRegion, null)
  const params = { region: plan.region }
  if (!found || found.limit === null) return [{ ...row, params, text: 'accountsUnread', severity: 'unknown' }]
  const numbers = { ...params, used: found.used, limit: found.limit }
  return [
    found.used < found.limit
      ? { ...row, params: numbers, text: 'accountsRoom', severity: 'ok' }
      : { ...row, params: numbers, text: 'accountsFull', severity: 'block' },
  ]
}

function poolRows({ accountQuota, poolsInUse, account }: Answers): PreflightRow[] {
  const limit = valueOr(accountQuota, null)?.pools ?? null
  const used = valueOr(poolsInUse, null)?.count ?? null
  const name = valueOr(account, null)?.name
  if (limit === null || used === null || name === undefined) return []
  const row = { id: 'quota pools', family: 'quotas' as const, step: 'prepare.account' as const }
  const params = { account: name, limit, used }
  return [
    used < limit
      ? { ...row, params, text: 'poolsRoom', severity: 'ok' }
      : { ...row, params, text: 'poolsFull', severity: 'block' },
  ]
}

function coreRows(plan: PreflightPlan, answers: Answers): PreflightRow[] {
  const { vmSize, dedicated, spot } = plan.pool
  const base = { family: 'quotas' as const, step: 'pool.create' as const }
  const sizes = valueOr(answers.sizes, null)
  const params = { size: vmSize, region: plan.region }
  if (!sizes) return [{ ...base, id: 'quota size', params, text: 'sizeUnread', severity: 'unknown' }]
  const size = sizes.find(({ name }) => name.toLowerCase() === vmSize.toLowerCase())
  if (!size) return [{ ...base, id: 'quota size', params, text: 'sizeMissing', severity: 'block' }]
  const rooms = roomsOf(plan, answers, sizes)
  const cores = size.cores ?? 1
  const family = rooms.families?.[size.family.toLowerCase()] ?? null
  // A family that the answer leaves out has no cores at all, unless it counts families in no way.
  const familyRoom = rooms.families ? (family ?? { limit: 0, used: 0 }) : null
  const fits = fitting(sizes, rooms, size, plan).slice(0, 3).join(', ')
  return [
    ...(rooms.families
      ? [coreRow('family', familyRoom, cores * dedicated, { ...params, family: size.family, fits })]
      : []),
    coreRow('total', rooms.total, cores * dedicated, { ...params, family: size.family, fits }),
    ...(spot > 0 ? [coreRow('spot', rooms.spot, cores * spot, { ...params, family: size.family, fits: '' })] : []),
  ]
}

/** The build VM takes of the subscription's own cores, whatever the account may have. */
function buildRows({ build, region }: PreflightPlan, { buildSizes, usages, hasBuildVm }: Answers): PreflightRow[] {
  if (!build) return []
  const row = { id: 'quota build', family: 'quotas' as const, step: 'vm.plan' as const }
  const params = { size: build.vmSize, region }
  const sizes = valueOr(buildSizes, null)
  const size = sizes?.find(({ name }) => name.toLowerCase() === build.vmSize.toLowerCase())
  if (sizes && (!size || size.isRestricted)) return [{ ...row, params, text: 'buildSizeMissing', severity: 'block' }]
  const list = valueOr(usages, null)
  if (!size || !list) return [{ ...row, params, text: 'buildCoresUnread', severity: 'unknown' }]
  const needed = size.cores ?? 1
  const rooms = [size.family, 'cores'].flatMap((name) =>
    list.filter((usage) => usage.name.toLowerCase() === name.toLowerCase()),
  )
  const short = valueOr(hasBuildVm, false) ? undefined : rooms.find((room) => free(room) < needed)
  const { name: family = size.family, limit = 0, used = 0 } = short ?? rooms[0] ?? {}
  const numbers = { ...params, family, needed, limit, used }
  return [
    short
      ? { ...row, params: numbers, text: 'buildCoresShort', severity: 'block' }
      : { ...row, params: numbers, text: 'buildCoresRoom', severity: 'ok' },
  ]
}

const coreTexts = {
  family: ['familyRoom', 'familyShort'],
  total: ['coresRoom', 'coresShort'],
  spot: ['spotRoom', 'spotShort'],
} as const

function coreRow(
  which: keyof typeof coreTexts,
  room: Room | null,
  needed: number,
  params: Record<string, string | number>,
): PreflightRow {
  const row = { id: `quota ${which}`, family: 'quotas' as const, step: 'pool.create' as const }
  if (!room) return { ...row, params: { ...params, needed }, text: 'coresUnread', severity: 'unknown' }
  const numbers = { ...params, needed, limit: room.limit, used: room.used }
  const [enough, short] = coreTexts[which]
  if (free(room) >= needed) return { ...row, params: numbers, text: enough, severity: 'ok' }
  const hasOthers = which === 'family' && params['fits'] !== ''
  return { ...row, params: numbers, text: hasOthers ? 'familyShortOthers' : short, severity: 'block' }
}

/** Sizes of other families that could do the same: as many cores or more, the right generation and kind, and room for all. */
function fitting(sizes: readonly VmSize[], rooms: Rooms, wanted: VmSize, { pool }: PreflightPlan): string[] {
  const { families } = rooms
  if (!families) return []
  return sizes
    .filter(({ family }) => family.toLowerCase() !== wanted.family.toLowerCase())
    .filter((size) => size.generations.includes(pool.generation) && size.architecture === wanted.architecture)
    .filter(({ cores }) => (cores ?? 0) >= (wanted.cores ?? 1))
    .filter(({ family, cores }) => {
      const room = families[family.toLowerCase()]
      return room !== undefined && free(room) >= (cores ?? 1) * pool.dedicated
    })
    .map(({ name }) => name)
}

function roomsOf(plan: PreflightPlan, answers: Answers, sizes: readonly VmSize[]): Rooms {
  const account = valueOr(answers.account, null)
  const mode = account?.allocationMode ?? plan.account.allocationMode
  return mode === 'UserSubscription' ? subscriptionRooms(answers) : accountRooms(answers, sizes)
}

/** Names of compute usages: `cores`, `lowPriorityCores`, and the families (Usage - List). */
function subscriptionRooms({ usages }: Answers): Rooms {
  const list = valueOr(usages, null)
  if (!list) return { total: null, spot: null, families: null }
  const families = Object.fromEntries(list.map(({ name, limit, used }) => [name.toLowerCase(), { limit, used }]))
  return { total: families['cores'] ?? null, spot: families['lowprioritycores'] ?? null, families }
}

function accountRooms({ accountQuota, poolsInUse }: Answers, sizes: readonly VmSize[]): Rooms {
  const quota = valueOr(accountQuota, null)
  if (!quota) return { total: null, spot: null, families: null }
  const pools = valueOr(poolsInUse, null)?.pools ?? []
  const usedBy = (kind: 'dedicated' | 'spot', family?: string) =>
    pools
      .map((pool) => ({ pool, size: sizes.find(({ name }) => name.toLowerCase() === pool.vmSize.toLowerCase()) }))
      .filter(({ size }) => family === undefined || size?.family.toLowerCase() === family)
      .reduce((sum, { pool, size }) => sum + (size?.cores ?? 0) * pool[kind], 0)
  const room = (limit: number | null, used: number) => (limit === null ? null : { limit, used })
  const families = Object.entries(quota.families).map(([family, limit]) => [
    family,
    { limit, used: usedBy('dedicated', family) },
  ])
  return {
    total: room(quota.dedicatedCores, usedBy('dedicated')),
    spot: room(quota.spotCores, usedBy('spot')),
    families: quota.isPerFamily ? (Object.fromEntries(families) as Record<string, Room>) : null,
  }
}

function free({ limit, used }: Room): number {
  // Azure says -1 where nothing limits.
  return limit < 0 ? Infinity : Math.max(0, limit - used)
}
