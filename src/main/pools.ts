import type { PendingSignIn, PoolDetail, PoolsView } from '../shared/contract'
import type { PoolPlace } from '../shared/pool-place'
import { AppError, toErrorData } from '../shared/errors'
import type { Inventory } from '../shared/inventory'
import type { RecipeId } from '../shared/terms'
import type { Cloud } from './azure/cloud'
import { getPool, resizePool, type Pool } from './azure/pools'
import { waitFor } from './azure/wait'
import type { Clouds, SignInMethod } from './clouds'
import { cloudAt, connectionOf, formOf } from './place-cloud'
import { joinInventory, keyOf, type PoolFacts } from './inventory'
import { createPoolDetails } from './pool-detail'
import { runInputs } from './pool-run'
import { createReadings } from './pool-readings'
import type { PoolRuns } from './pool-runs'
import { readPools } from './read-pools'

export type PoolsOptions = {
  clouds: Clouds
  runs: PoolRuns
  /** File of the last readings. */
  file: string
  now(): Date
}

/** The pools of one cloud and account at a time: reading them, and the little that can be done to them. */
export type Pools = {
  view(): PoolsView
  subscribe(listener: () => void): () => void
  /** Shows the last reading of a place. Sends no request. */
  choose(place: PoolPlace): Promise<void>
  /** Begins a sign-in to the place; the reading follows by itself. */
  signIn(method: SignInMethod): void
  /** Stops a sign-in or a reading. */
  stop(): void
  /** Begins a reading unless one is under way. Images are read again when a person asks, or after some minutes. */
  refresh(options: { isAsked: boolean }): void
  detail(pool: string): Promise<PoolDetail>
  /** Returns when the resize is accepted; it is watched until the pool is steady. Throws AppError. */
  scaleToZero(pool: string): Promise<void>
  /** Begins a run with the settings of a pool filled in; returns its id. */
  startRun(pool: string, name: string, recipe: RecipeId): Promise<string>
  /** Resolves when nothing is read or signed in to any more. */
  settled(): Promise<void>
  close(): Promise<void>
}

const imagesLastMs = 5 * 60_000
/** Batch itself gives up after the resize timeout of the pool, 30 minutes at most for pools of this app. */
const scaleLimitMs = 35 * 60_000

type Work = { doing: 'signingIn' | 'reading'; controller: AbortController; ended: Promise<void> }
type Fresh = { facts: PoolFacts; imagesAt: number }

export function createPools({ clouds, runs, file, now }: PoolsOptions): Pools {
  const listeners = new Set<() => void>()
  const readings = createReadings(file)
  const details = createPoolDetails()
  const closing = new AbortController()
  const watched = new Map<string, Promise<void>>()
  let place: PoolPlace | null = null
  let inventory: Inventory | null = null
  let fresh: Fresh | null = null
  let error: PoolsView['error'] = null
  let scaleErrors: PoolsView['scaleErrors'] = []
  let work: Work | null = null
  const changed = () => listeners.forEach((listener) => listener())
  const started = readings.load().then(() => {
    if (!place) show(readings.last())
  })
  const stopClouds = clouds.subscribe(changed)

  function show(next: PoolPlace | null) {
    place = next
    inventory = next && readings.of(next)
    fresh = null
    error = null
    scaleErrors = []
    changed()
  }

  function begin(doing: Work['doing'], job: (signal: AbortSignal) => Promise<void>) {
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, closing.signal])
    const own: Work = { doing, controller, ended: Promise.resolve() }
    work = own
    own.ended = job(signal)
      .then(
        () => null,
        (thrown: unknown) => toErrorData(thrown),
      )
      .then((failed) => {
        // Whoever has gone on to another place, or stopped it, is not told any more.
        if (work !== own) return
        work = null
        if (!controller.signal.aborted) error = failed
        changed()
      })
    changed()
  }

  async function read(at: PoolPlace, isAsked: boolean, signal: AbortSignal): Promise<void> {
    const account = at.account ?? (await clouds.identity(connectionOf(at), formOf(at), 'browser', { signal }))?.username
    if (!account) throw new AppError('signIn.needed', { cloud: at.cloud })
    // Who had signed in to this cloud before is the account from here on.
    if (place === at) await readAs(at.account ? at : { ...at, account }, isAsked, signal)
  }

  async function readAs(at: PoolPlace, isAsked: boolean, signal: AbortSignal): Promise<void> {
    place = at
    const cloud = await cloudAt(clouds, at, signal)
    const isImageOld = !fresh || isAsked || now().getTime() - fresh.imagesAt > imagesLastMs
    const facts = await readPools(cloud, isImageOld ? null : fresh!.facts.images, signal)
    const known = await runs.known(facts)
    if (place !== at || signal.aborted) return
    fresh = { facts, imagesAt: isImageOld ? now().getTime() : fresh!.imagesAt }
    inventory = joinInventory(facts, { at: now().toISOString(), username: at.account ?? '', runs: known })
    await readings.keep(at, inventory)
  }

  async function enter(at: PoolPlace, method: SignInMethod, signal: AbortSignal): Promise<void> {
    const { username } = await clouds.signIn(connectionOf(formOf(at)), formOf(at), { method }, signal)
    const signedIn = { ...at, account: username }
    if (place !== at) return
    show(signedIn)
    await read(signedIn, true, signal)
  }

  function requirePool(key: string): { place: PoolPlace; facts: PoolFacts; pool: Pool } {
    const all = fresh?.facts.accounts.flatMap(({ pools }) => pools.value ?? []) ?? []
    const pool = all.find(({ id }) => keyOf(id) === key)
    if (!place || !fresh || !pool)
      throw new AppError('cloud.not-found', { kind: 'pool', name: key.split('/').at(-1) ?? '' })
    return { place, facts: fresh.facts, pool }
  }

  /** Keeps the row of a pool that is being watched true without reading everything. */
  function replacePool(next: Pool, at: PoolPlace) {
    if (!fresh || place !== at || !inventory) return
    const accounts = fresh.facts.accounts.map((one) => ({
      ...one,
      pools: one.pools.value
        ? { value: one.pools.value.map((pool) => (keyOf(pool.id) === keyOf(next.id) ? next : pool)), error: null }
        : one.pools,
    }))
    fresh = { ...fresh, facts: { ...fresh.facts, accounts } }
    const { pools } = joinInventory(fresh.facts, { at: inventory.at, username: inventory.username, runs: new Map() })
    inventory = { ...inventory, pools }
    changed()
  }

  async function watchScaling(cloud: Cloud, pool: Pool, at: PoolPlace): Promise<void> {
    const settled = await waitFor(
      (signal) => getPool(cloud, pool.id, signal),
      (it) => it === null || (it.allocationState === 'Steady' && it.dedicated + it.spot === 0),
      {
        signal: closing.signal,
        limitMs: scaleLimitMs,
        seam: cloud.seam,
        onRead: (seen) => seen.value && replacePool(seen.value, at),
      },
    )
    if (settled) replacePool(settled, at)
  }

  function refresh({ isAsked }: { isAsked: boolean }) {
    const at = place
    if (work || !at || closing.signal.aborted) return
    begin('reading', (signal) => read(at, isAsked, signal))
  }

  return {
    view: () => ({
      place,
      places: readings.places(runs.places(), place),
      doing: work?.doing ?? 'nothing',
      deviceCode: place && codeIn(clouds.pending(connectionOf(formOf(place)))),
      inventory,
      error,
      scaling: [...watched.keys()],
      scaleErrors,
      cloud: clouds.status(place ? connectionOf(place) : ''),
    }),
    subscribe(listener) {
      listeners.add(listener)
      void Promise.all([started, runs.look()]).then(changed)
      return () => listeners.delete(listener)
    },
    async choose(next) {
      await started
      work?.controller.abort()
      work = null
      show(next)
      await readings.choose(next)
    },
    signIn(method) {
      const at = place
      if (!at) throw new AppError('signIn.needed', { cloud: '' })
      work?.controller.abort()
      begin('signingIn', (signal) => enter(at, method, signal))
    },
    stop() {
      work?.controller.abort()
      work = null
      changed()
    },
    refresh,
    async detail(key) {
      const { place: at, facts, pool } = requirePool(key)
      return details.of(await cloudAt(clouds, at, closing.signal), facts, pool, closing.signal)
    },
    async scaleToZero(key) {
      const { place: at, pool } = requirePool(key)
      if (watched.has(key)) return
      const cloud = await cloudAt(clouds, at, closing.signal)
      await resizePool(cloud, pool.id, { dedicated: 0, spot: 0 }, closing.signal)
      scaleErrors = scaleErrors.filter((it) => it.pool !== key)
      const watching = watchScaling(cloud, pool, at)
        .catch((thrown: unknown) => {
          if (!closing.signal.aborted) scaleErrors = [...scaleErrors, { pool: key, error: toErrorData(thrown) }]
        })
        .finally(() => {
          watched.delete(key)
          changed()
          // What else the nodes took with them: states, and the cores of the account.
          refresh({ isAsked: false })
        })
      watched.set(key, watching)
      changed()
    },
    async startRun(key, name, recipe) {
      const { place: at, facts, pool } = requirePool(key)
      return runs.begin(name, recipe, runInputs(pool, facts, at, recipe))
    },
    async settled() {
      await started
      while (work || watched.size > 0) await Promise.all([work?.ended, ...watched.values()])
    },
    async close() {
      closing.abort()
      stopClouds()
      listeners.clear()
      await Promise.all([work?.ended, ...watched.values()])
    },
  }
}

function codeIn(pending: PendingSignIn | null): PoolsView['deviceCode'] {
  return pending?.method === 'deviceCode' ? { url: pending.url, code: pending.code } : null
}
