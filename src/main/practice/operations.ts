import { randomUUID } from 'node:crypto'
import type { Clock } from './clock'
import type { Faults } from './faults'
import type { Resource, Store } from './store'

/** A long-running operation, persisted so that a poll after a restart finds it again. */
export type Operation = {
  id: string
  /** Names the effect at its end, for example `gallery.create`; see `onEnd`. */
  kind: string
  /** Path below the origin at which it is polled, without api-version. */
  path: string
  /** The resource whose provisioningState follows it; null for actions without one. */
  resourceId: string | null
  startedAtMs: number
  durationMs: number
  reads: number
  /** jump mode: it ends with this read. */
  readsNeeded: number
  status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled'
  endedAtMs: number | null
  /** How it will end (while InProgress) or did end; null = well. */
  error: { code: string; message: string } | null
  /** An incident keeps it from ever ending. */
  hangs: boolean
  data: Record<string, unknown>
}

/** What starts an operation. `path` has the place of the id as `{id}`. */
export type OperationStart = {
  kind: string
  path: string
  resourceId?: string | null
  /** Virtual time it takes. */
  durationMs: number
  error?: { code: string; message: string } | null
  data?: Record<string, unknown>
  /** `METHOD /path` of the request that starts it: fail-operation and hang-operation incidents match on it. */
  target: string
}

export type Operations = {
  /** Starts one; where `resourceId` names a stored resource, that resource's `operation` is set to it. */
  start(start: OperationStart): Operation
  find(id: string): Operation | null
  /** The incident `forget-operation`: its polls are answered as if it were too old; the work goes on. */
  isForgotten(id: string): boolean
  /** Those of a kind that are under way. */
  running(kind: string): Operation[]
  /** Counts a read (poll of the operation or GET of its resource) and ends the operation if its time has come. */
  read(id: string | null): Operation | null
  /** Part of it that is over, 0 to 1. */
  progress(operation: Operation): number
  /** Ends what is due by the clock; called before each request. */
  settle(): void
  cancel(id: string): void
  /** Lets hanging operations go on (the incident is over); their time starts anew. */
  release(): void
  /** What happens to the state when an operation of this kind ends. Registered at every start of the program. */
  onEnd(kind: string, effect: (operation: Operation, resource: Resource | null) => void): void
  /** Azure-AsyncOperation, Location and Retry-After of the first answer; absolute, with api-version. */
  headers(operation: Operation, apiVersion: string, style?: 'async' | 'location' | 'both'): Record<string, string>
}

export function createOperations(store: Store, clock: Clock, faults: Faults, origin: () => string): Operations {
  const all = store.part('operations', () => ({}) as Record<string, Operation>)
  const effects = new Map<string, (operation: Operation, resource: Resource | null) => void>()

  function end(operation: Operation): void {
    operation.status = operation.error ? 'Failed' : 'Succeeded'
    operation.endedAtMs = clock.now()
    const resource = operation.resourceId === null ? null : store.find(operation.resourceId)
    effects.get(operation.kind)?.(operation, resource)
    store.touch()
  }

  function isDue(operation: Operation): boolean {
    if (operation.hangs || operation.status !== 'InProgress') return false
    if (clock.speed() === 'jump') return operation.reads >= operation.readsNeeded
    return clock.now() >= operation.startedAtMs + operation.durationMs
  }

  return {
    start({ kind, path, resourceId = null, durationMs, error = null, data = {}, target }) {
      const id = randomUUID()
      const failing = faults.take('fail-operation', target)
      const failure = {
        code: failing?.action ?? 'InternalExecutionError',
        message: 'An internal execution error occurred.',
      }
      const hanging = faults.take('hang-operation', target)
      const operation: Operation = {
        id,
        kind,
        path: path.replace('{id}', id),
        resourceId,
        startedAtMs: clock.now() - (hanging?.minutes ?? 0) * 60_000,
        durationMs,
        reads: 0,
        readsNeeded: durationMs > 60_000 ? 3 : 2,
        status: 'InProgress',
        endedAtMs: null,
        error: failing ? failure : error,
        hangs: hanging !== null,
        data,
      }
      forgetOld(all, clock.now())
      all[id] = operation
      const resource = resourceId === null ? null : store.find(resourceId)
      if (resource) resource.operation = id
      store.touch()
      return operation
    },
    find: (id) => all[id] ?? null,
    isForgotten: (id) => faults.look('forget-operation', all[id]?.path ?? '') !== null,
    running: (kind) => Object.values(all).filter((one) => one.kind === kind && one.status === 'InProgress'),
    read(id) {
      const operation = id === null ? null : (all[id] ?? null)
      if (!operation || operation.status !== 'InProgress') return operation
      operation.reads += 1
      store.touch()
      if (isDue(operation)) {
        // In jump mode the clock follows, so that times on the wire stay believable.
        if (clock.speed() === 'jump') clock.skip(operation.startedAtMs + operation.durationMs - clock.now())
        end(operation)
      }
      return operation
    },
    progress(operation) {
      if (operation.status !== 'InProgress') return operation.error ? 0 : 1
      if (operation.hangs) return 0
      const share =
        clock.speed() === 'jump'
          ? operation.reads / operation.readsNeeded
          : (clock.now() - operation.startedAtMs) / Math.max(1, operation.durationMs)
      return Math.min(1, Math.max(0, share))
    },
    settle() {
      if (clock.speed() === 'jump') return
      for (const operation of Object.values(all)) if (isDue(operation)) end(operation)
    },
    cancel(id) {
      const operation = all[id]
      if (operation?.status !== 'InProgress') return
      Object.assign(operation, { status: 'Canceled', endedAtMs: clock.now() })
      store.touch()
    },
    release() {
      for (const operation of Object.values(all)) {
        if (!operation.hangs || operation.status !== 'InProgress') continue
        Object.assign(operation, { hangs: false, startedAtMs: clock.now(), reads: 0 })
      }
      store.touch()
    },
    onEnd(kind, effect) {
      effects.set(kind, effect)
    },
    headers(operation, apiVersion, style = 'both') {
      const url = `${origin()}${operation.path}?api-version=${encodeURIComponent(apiVersion)}`
      const headers: Record<string, string> = { 'retry-after': retryAfterSeconds(clock) }
      if (style !== 'location') headers['azure-asyncoperation'] = url
      if (style === 'both') headers['location'] = `${url}&monitor=true`
      if (style === 'location') headers['location'] = url
      return headers
    },
  }
}

/** Seconds a client shall wait between polls: Azure says 10 or more, a sped-up cloud less. */
function retryAfterSeconds(clock: Clock): string {
  const speed = clock.speed()
  if (speed === 'jump') return '0'
  return String(Math.max(1, Math.round(10 / speed)))
}

const keptMs = 7 * 86_400_000

/** Azure forgets ended operations, too; a client then reads the resource. */
function forgetOld(all: Record<string, Operation>, nowMs: number): void {
  for (const operation of Object.values(all)) {
    if (operation.endedAtMs !== null && operation.endedAtMs < nowMs - keptMs) delete all[operation.id]
  }
}
