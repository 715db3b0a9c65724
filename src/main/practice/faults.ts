import type { Store } from './store'

const faultKinds = [
  'throttle',
  'unavailable',
  'cut',
  'forbid',
  'expire-tokens',
  'quota-zero',
  'fail-operation',
  'hang-operation',
  'slow-replication',
  'refuse',
  'lose-answer',
  'take-name',
  'forget-operation',
  'fail-replication',
  'fail-allocation',
  'clock-offset',
  'delay',
  'refuse-sign-in',
  'expire-access',
  'other-address',
  'policy-extension',
  'stop-machine',
  'fail-machine',
  'fail-sysprep',
  'empty-serial-log',
  'full-disk-inside',
  'slow-inside',
  'cut-inside',
  'new-host-keys',
  'lose-agent',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** An incident that is switched on (POST /practice/faults). */
export type Fault = {
  kind: FaultKind
  /** Pattern on `METHOD /path`; absent: every request. */
  match?: string
  /** How often it still happens; absent: until it is switched off. */
  count?: number
  /** Seconds in Retry-After of throttle and unavailable; expire-tokens: lifetime of new tokens; delay: how late the answer is; slow-inside: the same of a machine's SSH server. */
  retryAfter?: number
  /**
   * throttle: `silent` leaves Retry-After out; forbid: the missing action; fail-operation: the error code; expire-tokens:
   * `refresh` ends refresh tokens as well; refuse: a
   * key of `publishedRefusals`; refuse-sign-in: the number after AADSTS; fail-replication: the region; fail-allocation: a key of `resizeFailures`;
   * other-address: the user's public address from now on; policy-extension: `publisher/type`; fail-machine: a key of
   * `machineFailures`; fail-sysprep: how it ends, `restart`, `appx` or
   * `dsc` (its target is `sysprep` and the id of the machine).
   */
  action?: string
  /** Minutes. clock-offset: how far this cloud's clock is ahead of the computer's; hang-operation: how long ago it seems to have begun. */
  minutes?: number
}

export type Faults = {
  /** Persisted incidents, oldest first. */
  all(): Fault[]
  add(fault: Fault): void
  clear(): void
  /** The first switched-on incident of a kind that fits `METHOD /path`, counted down; null if there is none. */
  take(kind: FaultKind, target: string): Fault | null
  /** The same without counting down. */
  look(kind: FaultKind, target: string): Fault | null
}

export function createFaults(store: Store): Faults {
  const kept = store.part('faults', () => ({ list: [] as Fault[] }))

  function look(kind: FaultKind, target: string): Fault | null {
    return kept.list.find((fault) => fault.kind === kind && fits(fault, target)) ?? null
  }

  return {
    all: () => kept.list,
    add(fault) {
      kept.list.push(fault)
      store.touch()
    },
    clear() {
      kept.list = []
      store.touch()
    },
    look,
    take(kind, target) {
      const fault = look(kind, target)
      if (fault?.count !== undefined) {
        fault.count -= 1
        if (fault.count <= 0) kept.list = kept.list.filter((one) => one !== fault)
        store.touch()
      }
      return fault
    },
  }
}

/**
 * Reads the body of POST /practice/faults.
 * @throws Error naming the wrong field
 */
export function parseFault(body: unknown): Fault {
  if (typeof body !== 'object' || body === null) throw new Error('An incident is an object with a kind.')
  const given = body as Record<string, unknown>
  if (!faultKinds.includes(given['kind'] as FaultKind)) throw new Error(`kind must be one of ${faultKinds.join(', ')}.`)
  const fault: Fault = { kind: given['kind'] as FaultKind }
  for (const name of ['match', 'action'] as const) {
    const value = given[name]
    if (value === undefined) continue
    if (typeof value !== 'string') throw new Error(`${name} must be text.`)
    fault[name] = value
  }
  for (const name of ['count', 'retryAfter'] as const) {
    const value = given[name]
    if (value === undefined) continue
    if (typeof value !== 'number' || !(value >= 0)) throw new Error(`${name} must be a number from 0.`)
    fault[name] = value
  }
  const { minutes } = given
  if (minutes !== undefined) {
    if (typeof minutes !== 'number' || !Number.isFinite(minutes)) throw new Error('minutes must be a number.')
    fault.minutes = minutes
  }
  if (fault.match !== undefined) new RegExp(fault.match, 'i')
  return fault
}

/** How far the clocks of a client and of the cloud may be apart. */
export const clockLeewayMs = 15 * 60_000

/** Real time as this cloud reads it: of tokens, signatures and the Date of answers. */
export function wallClockMs(faults: Pick<Faults, 'all'>): number {
  const offset = faults.all().find(({ kind }) => kind === 'clock-offset')
  return Date.now() + (offset?.minutes ?? 0) * 60_000
}

function fits(fault: Fault, target: string): boolean {
  return fault.match === undefined || new RegExp(fault.match, 'i').test(target)
}
