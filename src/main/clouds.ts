import type { Account, CloudSettings, PendingSignIn, RunsView } from '../shared/contract'
import { AppError } from '../shared/errors'
import type { Inputs } from '../shared/forms/forms'
import type { CloudProfile } from '../shared/profile'
import type { Proof } from '../shared/run'
import { connect, type Cloud } from './azure/cloud'
import { ownAddress } from './azure/own-address'
import { restore } from './azure/restore'
import { signIn, type Identity, type SignInUi, type TokenCache } from './azure/sign-in'
import { createKeptSignIns, type KeptClouds } from './kept-sign-ins'
import { loadProfile } from './net/profiles'
import type { Network } from './net/network'
import type { Exchange, Seam } from './net/seam'
import { createPendingSignIns } from './pending-sign-ins'
import { createProofs } from './proofs'
import type { PracticeOwner, PracticeProcess } from './practice-process'

export type CloudForm = Inputs['connect.cloud']
export type SignInForm = Inputs['connect.signIn']
export type SignInMethod = SignInForm['method']
export type Environment = Record<string, string | undefined>

export type CloudsOptions = {
  practice: PracticeProcess
  signInUi: SignInUi
  tokenCache(cloud: string): TokenCache
  /** Proxy and trust; absent: what the environment says. */
  network?: Network
  settings?: KeptClouds
  headless?: { environment: Environment }
}

/**
 * Who is asked for: `account` and `homeAccountId`, where known, name who signed in to the run before, `tenant` what for.
 * `signal`: ends a sign-in that a device code waits for.
 */
export type Asking = { account?: string; homeAccountId?: string; tenant?: string; signal?: AbortSignal }

/** What runs know of their clouds. */
export type Clouds = {
  profile(form: CloudForm): Promise<CloudProfile>
  /** Asks a person (or the environment) to sign in to this run. */
  signIn(run: string, form: CloudForm, how: SignInForm, signal: AbortSignal): Promise<Identity>
  /** Lets the run go on with an account that is signed in already; null when the cache knows none that fits. */
  use(run: string, form: CloudForm, who: Pick<Asking, 'homeAccountId' | 'tenant'>): Promise<Identity | null>
  identity(run: string, form: CloudForm, method: SignInMethod, asking?: Asking): Promise<Identity | null>
  cloud(run: string, form: CloudForm, method: SignInMethod, asking?: Asking): Promise<Cloud>
  /** The run has talked to its cloud since the program started, and the cloud answered last. */
  isTalking(run: string): boolean
  /** Whether a host of the run's cloud answers at all. */
  answers(run: string, form: CloudForm, host: string, signal: AbortSignal): Promise<boolean>
  /** This computer's public address as the VMs of the run's cloud see it; sent without a token. Throws AppError `vm.address-unknown`. */
  address(run: string, form: CloudForm, signal: AbortSignal): Promise<string>
  /** Who is signed in to a cloud. Sends nothing and starts nothing. */
  accounts(cloud: Pick<CloudProfile, 'name' | 'authority'>): Promise<Account[]>
  /** Every cloud that is built in or was used, with what is kept for it. Sends nothing. */
  settings(): Promise<CloudSettings[]>
  /** Takes an account with its tokens out of the cache, out of memory and out of every run. Other accounts stay. */
  signOut(cloud: string, homeAccountId: string): Promise<void>
  status(run: string): RunsView['cloud']
  pending(run: string): PendingSignIn | null
  /** Opens the page of a waiting sign-in again; false when none waits in the browser. */
  reopen(run: string): boolean
  /** Address of the page of a waiting sign-in, or null. */
  pageAddress(run: string): string | null
  /** How much faster than elsewhere the time of a cloud runs. */
  pace(cloud: string | null): number
  /** The write requests that were answered since the last call. */
  takeProof(run: string): Proof[]
  /** Drops what is known of the practice cloud: one made anew has other certificates and keys. */
  forgetPractice(): Promise<void>
  subscribe(listener: () => void): () => void
  close(): void
}

/** One connection per run, so that its requests can be told from another run's; sign-ins are shared by profile, account and tenant. */
type Connection = {
  profile: CloudProfile
  key: string
  seam: Seam
  /** Who signed in to this run since the program started: newer than whatever the journal still says. */
  signedIn: Identity | null
  cloud: { identity: Identity; cloud: Cloud } | null
}

const practiceName = 'practice'
/** Where every wait is over after a few questions, minutes become seconds. */
const jumpPace = 60
const nobody: RunsView['cloud'] = { state: 'unknown', host: null, ms: null }

/** Profiles, connections and sign-ins of all runs. */
export function createClouds(options: CloudsOptions): Clouds {
  const connections = new Map<string, Connection>()
  const identities = new Map<string, Promise<Identity | null>>()
  const listeners = new Set<() => void>()
  const proofs = createProofs()
  let owner: PracticeOwner | null = null
  const changed = () => listeners.forEach((listener) => listener())
  const pending = createPendingSignIns(changed)
  const kept = createKeptSignIns(practiceName, (cloud) => options.tokenCache(cloud), options.settings)

  async function profile(form: CloudForm): Promise<CloudProfile> {
    if (form.cloud === practiceName) {
      const ready = await options.practice.start()
      owner = ready.owner
      return ready.profile
    }
    const { name } = await loadProfile(form.cloud)
    const entry = kept.entry(name)
    const clientId = form.clientId ?? options.headless?.environment['AZURE_CLIENT_ID'] ?? entry?.clientId
    const tenant = form.tenant ?? options.headless?.environment['AZURE_TENANT_ID'] ?? entry?.tenant
    return loadProfile(form.cloud, { ...(clientId ? { clientId } : {}), ...(tenant ? { tenant } : {}) })
  }

  async function connection(run: string, form: CloudForm): Promise<Connection> {
    const wanted = await profile(form)
    // The first of Azure's libraries: a window that only shows runs needs none.
    const { createSeam } = await import('./net/seam')
    const key = JSON.stringify(wanted)
    const known = connections.get(run)
    if (known?.key === key) return known
    known?.seam.close()
    const seam = createSeam(wanted, options.network)
    seam.watch((exchange) => {
      proofs.add(run, exchange)
      wakePractice(form, exchange)
      changed()
    })
    const next = { profile: wanted, key, seam, signedIn: null, cloud: null }
    connections.set(run, next)
    return next
  }

  /** A practice cloud that died is started again by the next request that misses it. */
  function wakePractice(form: CloudForm, exchange: Exchange) {
    if (form.cloud !== practiceName || exchange.error === undefined) return
    // Why it does not start is told to whoever needs it next.
    options.practice.start().catch(() => undefined)
  }

  async function signInTo(run: string, on: Connection, how: SignInForm, signal: AbortSignal): Promise<Identity> {
    const { method, environment } = methodOf(on, how.method)
    const expected = await expectedBy(on, how)
    const claims = (on.signedIn ?? on.cloud?.identity)?.demanded()
    const identity = await signIn(on.profile, on.seam, {
      method,
      signal,
      cache: options.tokenCache(on.profile.name),
      ui: pending.watch(run, options.signInUi),
      ...(environment ? { environment } : {}),
      ...(how.tenant ? { tenant: how.tenant } : {}),
      ...(expected ? { username: expected.username } : {}),
      ...(claims ? { claims } : {}),
    }).finally(() => pending.end(run))
    kept.remember(on.profile)
    settle(on, identity)
    return identity
  }

  function settle(on: Connection, identity: Identity) {
    const { username, homeAccountId, tenantId } = identity
    const who = { account: username, tenant: tenantId, ...(homeAccountId ? { homeAccountId } : {}) }
    identities.set(keyOf(on, who), Promise.resolve(identity))
    on.signedIn = identity
    on.cloud = null
  }

  async function expectedBy(on: Connection, { account }: SignInForm): Promise<Account | undefined> {
    if (account === undefined || account === 'another') return undefined
    return (await kept.accountsOf(on.profile)).find(({ id }) => id === account)
  }

  function methodOf(on: Connection, asked: SignInMethod): { method: SignInMethod; environment?: Environment } {
    if (!options.headless) {
      if (asked !== 'environment') return { method: asked }
      // A run that a command line began says so; where nothing is in the environment, the window has a person and a browser.
      return isEnvironment(asked) ? { method: asked, environment: process.env } : { method: 'browser' }
    }
    const isPractice = on.profile.name === practiceName && owner !== null
    return { method: 'environment', environment: isPractice ? variables(owner!) : options.headless.environment }
  }

  function restored(on: Connection, { account, homeAccountId, tenant }: Asking): Promise<Identity | null> {
    return restore(on.profile, on.seam, {
      cache: options.tokenCache(on.profile.name),
      ...(homeAccountId ? { homeAccountId } : account ? { username: account } : {}),
      ...(tenant ? { tenant } : {}),
    })
  }

  async function identity(run: string, form: CloudForm, method: SignInMethod, asking: Asking = {}) {
    const on = await connection(run, form)
    if (on.signedIn) return on.signedIn
    const key = keyOf(on, asking)
    const known = identities.get(key)
    if (known) return known
    const found = isEnvironment(method)
      ? signInTo(run, on, { method: 'environment' }, asking.signal ?? new AbortController().signal)
      : restored(on, asking)
    // Only a sign-in is remembered: who is not signed in now may be so a moment later.
    const remembered = found.then((value) => {
      if (!value) identities.delete(key)
      return value
    })
    identities.set(key, remembered)
    remembered.catch(() => identities.delete(key))
    return remembered
  }

  function isEnvironment(method: SignInMethod): boolean {
    return options.headless !== undefined || (method === 'environment' && process.env['AZURE_CLIENT_ID'] !== undefined)
  }

  async function signOut(cloud: string, homeAccountId: string): Promise<void> {
    await kept.forget(cloud, homeAccountId)
    // Those that stay are found in the cache again.
    identities.clear()
    for (const on of connections.values()) {
      if (on.profile.name !== cloud) continue
      if (on.signedIn?.homeAccountId === homeAccountId) on.signedIn = null
      if (on.cloud?.identity.homeAccountId === homeAccountId) on.cloud = null
    }
    changed()
  }

  return {
    profile,
    identity,
    signOut,
    settings: () => kept.all(),
    accounts: (cloud) => kept.accountsOf(cloud),
    async signIn(run, form, how, signal) {
      return signInTo(run, await connection(run, form), how, signal)
    },
    async use(run, form, who) {
      const on = await connection(run, form)
      const found = await restored(on, who)
      if (found) settle(on, found)
      return found
    },
    async cloud(run, form, method, asking) {
      const who = await identity(run, form, method, asking)
      const on = await connection(run, form)
      if (!who) throw new AppError('signIn.needed', { cloud: on.profile.name })
      if (on.cloud?.identity !== who) {
        on.cloud = { identity: who, cloud: connect(on.profile, on.seam, who.credential) }
      }
      return on.cloud.cloud
    },
    async answers(run, form, host, signal) {
      const { seam, profile } = await connection(run, form)
      const { hostAnswers } = await import('./net/probe')
      return hostAnswers(seam, host || new URL(profile.armEndpoint).host, signal)
    },
    async address(run, form, signal) {
      return ownAddress(await connection(run, form), signal)
    },
    isTalking(run) {
      const on = connections.get(run)
      return Boolean(on?.cloud) && on?.seam.status().state === 'online'
    },
    status: (run) => connections.get(run)?.seam.status() ?? nobody,
    pending: (run) => pending.of(run),
    reopen: (run) => pending.reopen(run),
    pageAddress: (run) => pending.address(run),
    pace(cloud) {
      const speed = options.practice.speed()
      if (cloud !== practiceName) return 1
      return speed === 'jump' ? jumpPace : speed
    },
    takeProof: (run) => proofs.take(run),
    async forgetPractice() {
      for (const [run, { profile, key, seam }] of connections) {
        if (profile.name !== practiceName) continue
        seam.close()
        connections.delete(run)
        for (const account of identities.keys()) if (account.startsWith(`${key}\n`)) identities.delete(account)
      }
      await options.tokenCache(practiceName).clear()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      for (const { seam } of connections.values()) seam.close()
      connections.clear()
      identities.clear()
    },
  }
}

function keyOf(on: Connection, { account, homeAccountId, tenant }: Asking): string {
  return [on.key, (homeAccountId ?? account ?? '').toLowerCase(), tenant ?? ''].join('\n')
}

function variables(owner: PracticeOwner): Environment {
  return {
    AZURE_TENANT_ID: owner.tenantId,
    AZURE_CLIENT_ID: owner.clientId,
    AZURE_CLIENT_SECRET: owner.clientSecret,
  }
}
