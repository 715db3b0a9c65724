import { join } from 'node:path'
import type {
  Account,
  CloudSettings,
  ConsequencesView,
  lists,
  NameAnswer,
  Option,
  PendingSignIn,
  RunsView,
} from '../shared/contract'
import type { Inputs } from '../shared/forms/forms'
import type { MachinesView } from '../shared/machine-calls'
import type { OutputOf } from '../shared/outputs'
import type { PoolPlace } from '../shared/pool-place'
import { proposals } from '../shared/proposals'
import type { JournalEntry, RunState } from '../shared/run'
import { isSameResource, type Language, type StepId } from '../shared/terms'
import { AppError } from '../shared/errors'
import type { Cloud } from './azure/cloud'
import type { SignInUi, TokenCache } from './azure/sign-in'
import { createCatalogs } from './catalogs'
import { consequencesIn, hasConsequences, unusedIn } from './changes'
import { createClouds } from './clouds'
import type { KnownHosts } from './connection-test'
import { moveAside } from './folders'
import { createDesktopMachines, type DesktopMachines } from './desktop-machines'
import { createEngine, type Engine } from './engine/engine'
import { cloudOf as cloudOfRun } from './engine/summary'
import { createKeptLists } from './kept-lists'
import { endingFamilies } from './list-entry'
import type { KeptClouds } from './kept-sign-ins'
import type { Log } from './log'
import { environmentNetwork, type Network } from './net/network'
import { createMachineKeys } from './machine-keys'
import { openMachineList, type MachineList } from './machine-list'
import { builtInProfiles } from './net/profiles'
import { checkName, withInput } from './name-check'
import { pathsIn } from './paths'
import { offer, type Offer } from './pickers'
import { cloudAt, formOf } from './place-cloud'
import { createPoolRuns, knownPlaces } from './pool-runs'
import { createPools, type Pools } from './pools'
import { createPracticeProcess, type PracticeProcess, type PracticeSpeed } from './practice-process'
import { createQueue } from './queue'
import { createPreflightWatch, type PreflightWatch } from './preflight-watch'
import { createRecipeFiles, type RecipeFiles } from './recipe-files'
import { createRecipeForm } from './recipe-form'
import { createRecipeWatch, type RecipeWatch } from './recipe-watch'
import { reportPage } from './report'
import { accountOf, cloudForm, methodOf, scopeOf } from './run-cloud'
import { reportName } from './steps/finish-report'
import { stepRecipes } from './steps/index'
import { channelScript } from './steps/windows-channel'
import type { Env } from './steps/tools'
import { createVmAccess, type VmAccess } from './steps/vm-access'
import { createPace } from './upload/pace'
import { inspectApart } from './disks/inspect-apart'
import { createXray } from './xray'
import { createXrayWatch, type XrayWatch } from './xray-watch'
import { createVmDoors, type VmDoors } from './vm-doors'
import { reaches } from './vm-reach'
import { screenOf, type Screen } from './vm-screen'
import { createUploads, type Uploads } from './upload/uploads'
import { writeAtomic } from './engine/files'
import { messages } from '../shared/messages/messages'
import { createDestinations, vmOf } from './session-destinations'
import { createWhyGone, doorTo } from './session-door'
import { createVmKeys, type Keyring, type VmKeys } from './sessions/keys'
import { openPins, type Pins } from './sessions/pins'
import { createSessions, type LiveSessions } from './sessions/sessions'

export type ListName = (typeof lists)[number]

export type StudioOptions = {
  /** Holds `runs/` and `practice/`. */
  stateFolder: string
  appVersion: string
  log: Log
  language(): Language
  signInUi: SignInUi
  /** Where the sign-ins of one cloud are kept between starts. */
  tokenCache(cloud: string): TokenCache
  /** Where keys and passwords of VMs are sealed; absent or null: files that only their owner may read. */
  keyring?(): Keyring | null
  /** Proxy and trust; absent: what the environment says. */
  network?: Network
  /** Bytes per second for all uploads together, asked anew for every piece; absent or null: no limit. */
  uploadLimit?(): number | null
  /** Where client id and tenant of each cloud are kept; absent: nowhere. */
  clouds?: KeptClouds
  practice: { program: string; speed?: PracticeSpeed; port?: number }
  /** Told each fact as it is written down. */
  onEntry?(run: string, entry: JournalEntry): void
  /** Whether steps wait for a cloud that does not answer, and how long at most; absent: they fail at once. */
  queue?: { limitMs?: number }
  /** How often the preflight looks again by itself; default 20 s. */
  preflightEveryMs?: number
  /** Without a person: every sign-in uses these variables, in the practice cloud its owner. */
  headless?: { environment: Record<string, string | undefined> }
}

/** Everything that window and command line drive: runs, their clouds, the practice cloud. Free of Electron. */
export type Studio = {
  engine: Engine<Env>
  practice: PracticeProcess
  /** What is being uploaded now, by run. */
  uploads: Uploads
  pools: Pools
  /** Who may come in to each run's build VM. */
  access: VmAccess
  sessions: LiveSessions
  /** Key pair and password of each run's build VM. */
  vmKeys: VmKeys
  /** The ways in to machines of runs and of others. */
  doors: VmDoors
  /** Clouds and accounts that this computer knows. Sends nothing. */
  places(): Promise<PoolPlace[]>
  /** Reads the machines of a place until it is closed. */
  openMachines(place: PoolPlace, send: (view: MachinesView) => void): MachineList
  /** What the screen of a run's build VM showed last. Throws AppError `session.no-vm`, `signIn.needed`, `cloud.*`. */
  screen(run: string): Promise<Screen>
  /** This computer's public address as the run's VMs see it. Throws AppError `vm.address-unknown` {url}. */
  address(run: string): Promise<string>
  /** Whose desktops are shown, and the way to them. */
  machines: DesktopMachines
  /** Host keys and certificates that somebody vouched for. */
  pins: Pins
  /** The cloud of a run, signed in. Throws AppError `signIn.needed`. */
  cloudOf(run: string): Promise<Cloud>
  /**
   * What a form's picker offers and where that comes from. The run's cloud is asked only while the run talks to it anyway, or
   * where a person wants it `fresh`.
   */
  list(run: string, what: ListName, fresh?: boolean): Promise<Offer>
  /** What changing the form of a step would do; nobody is asked. */
  consequences(run: string, step: StepId, input: Record<string, unknown>): Promise<ConsequencesView>
  /** Keeps a changed form and what it leaves unused. Throws `run.busy`. */
  change(run: string, step: StepId, input: Record<string, unknown>, remove: readonly string[]): Promise<void>
  /** Whether the name in a form can be had; asks the run's cloud. */
  checkName(run: string, step: StepId, input: Record<string, unknown>): Promise<NameAnswer>
  /** How the run's cloud answered last; `unknown` without a run or before the first request. */
  connection(run: string | null): RunsView['cloud']
  /** What a person is to do elsewhere while a sign-in of this run waits for it. */
  pendingSignIn(run: string): PendingSignIn | null
  /** Opens the page of that sign-in again. Throws AppError `signIn.needed` when none waits in the browser. */
  reopenSignIn(run: string): void
  /** Address of that page, for another browser; null when none waits there, or when only the app's own window can show it. */
  signInAddress(run: string): string | null
  /** Who is signed in to a run's cloud. Sends nothing. */
  accounts(run: string): Promise<Account[]>
  /** Every cloud with what is kept for it. Sends nothing. */
  cloudSettings(): Promise<CloudSettings[]>
  /** Takes an account with its tokens out of the cache and out of every run. */
  signOut(cloud: string, homeAccountId: string): Promise<void>
  /** Tells that a connection or a device code changed. Returns the way to stop that. */
  subscribe(listener: () => void): () => void
  /** Takes up the runs that waited for their cloud when the program ended. */
  requeue(): Promise<void>
  /** The network may be back: whatever waits for it looks at once. */
  networkChanged(): void
  /** Where the practice cloud keeps what it could not read of its former state; null when nothing was damaged. */
  practiceSetAside(): string | null
  /**
   * Stops the practice cloud and moves its state away; the next start makes it anew. Answers where the old one lies, null where there
   * was none. Throws AppError `practice.in-use` {run}.
   */
  resetPractice(): Promise<string | null>
  /** Batch account and storage of the newest run in that cloud, for a test of the connection. */
  knownHosts(cloud: string): Promise<KnownHosts>
  /** Fresh looks at whether a run can work, beside its journal. */
  preflight: PreflightWatch
  /** What is in the disk images that forms name. */
  xray: XrayWatch
  /** The install recipes of runs: what their parts do now, and the command bar. */
  recipe: RecipeWatch
  /** The same as files. */
  recipeFiles: RecipeFiles
  /** What opens the control channel of a run's Windows VM, to be pasted there. Throws AppError `session.no-vm`, `input.invalid`. */
  channelScript(run: string): Promise<string>
  /** Path of the run's report, or null while there is none. */
  reportFile(run: string): Promise<string | null>
  /** Stops running steps, writes down what is pending, stops the practice cloud. */
  close(): Promise<void>
}

/** Wires the product together. Nothing is started and no request sent before a run asks for it. */
export function createStudio(options: StudioOptions): Studio {
  const paths = pathsIn(options.stateFolder)
  const now = () => new Date()
  let setAside: string | null = null
  const practice = createPracticeProcess({
    ...options.practice,
    folder: paths.practice,
    log: options.log,
    onSetAside: (folder) => (setAside = folder),
  })
  const clouds = createClouds({
    practice,
    signInUi: options.signInUi,
    tokenCache: (cloud) => options.tokenCache(cloud),
    ...(options.network ? { network: options.network } : {}),
    ...(options.clouds ? { settings: options.clouds } : {}),
    ...(options.headless ? { headless: options.headless } : {}),
  })
  const catalogs = createCatalogs(paths.catalogs, options.log)
  const kept = createKeptLists(paths.catalogs, options.log, now)
  const queue = createQueue({
    probe: async (run, host, signal) => clouds.answers(run, cloudForm(await stateOf(run)), host, signal),
    ...options.queue,
  })
  const engine = createEngine<Env>({
    folder: options.stateFolder,
    recipes: stepRecipes,
    environment,
    proposals,
    hasConsequences,
    now,
    appVersion: options.appVersion,
    takeProof: (run) => clouds.takeProof(run),
    ...(options.queue ? { waitForHost: queue.waitForHost } : {}),
    pace: (cloud) => clouds.pace(cloud),
    ...(options.onEntry ? { onEntry: options.onEntry } : {}),
  })
  const pace = createPace(() => options.uploadLimit?.() ?? null)
  const xray = createXray({ inspect: (file, signal) => inspectApart(file, { signal }), now })
  const network = options.network ?? environmentNetwork()
  const uploads = createUploads({ journalFolder: paths.uploads, pace, network })
  const vmKeys = createVmKeys({
    folder: (run) => join(paths.runs, run),
    keyring: () => options.keyring?.() ?? null,
    write: writeAtomic,
  })
  const access = createVmAccess({ stateOf, cloudOf })
  const pins = openPins({ file: paths.pins, write: writeAtomic, now })
  const profileAt = (place: PoolPlace) => clouds.profile(formOf(place))
  const asUser = (place: PoolPlace, signal: AbortSignal) => cloudAt(clouds, place, signal)
  const doors = createVmDoors({ stateOf, cloudOf, cloudAt: asUser, access, file: paths.doors, write: writeAtomic, now })
  const sessions = createSessions({
    destination: createDestinations({
      ...{ stateOf, vmKeys, profileAt, hostKeysOf: createMachineKeys(pins, asUser) },
      profileOf: (state) => clouds.profile(cloudForm(state)),
    }),
    doorTo: doorTo(access, doors),
    whyGone: createWhyGone({ stateOf, cloudOf, cloudAt: asUser }),
    network,
    pins,
    now,
    words: () => messages[options.language()].terminal,
  })
  const machines = createDesktopMachines({
    ...{ stateOf, vmKeys, access, network, doors, profileAt },
    profileOf: (state) => clouds.profile(cloudForm(state)),
  })
  const asking = new AbortController()
  const checking = new Map<string, AbortController>()
  const recipeForm = createRecipeForm(engine)
  const recipe = createRecipeWatch({
    subscribe: (listener, run) => engine.subscribe(listener, run),
    form: recipeForm,
    cancel: (run) => engine.cancel(run),
    sessions,
    now,
  })
  const poolRuns = createPoolRuns(engine)
  const pools = createPools({ clouds, runs: poolRuns, file: paths.pools, now })

  function environment(run: string): Env {
    return {
      folder: join(paths.runs, run),
      reportPage: (state, at) => reportPage(state, { language: options.language(), app: options.appVersion, at }),
      profile: (form) => clouds.profile(form),
      async signIn(how, signal) {
        return clouds.signIn(run, cloudForm(await stateOf(run)), how, signal)
      },
      async useAccount(who) {
        return clouds.use(run, cloudForm(await stateOf(run)), who)
      },
      async identity(signal) {
        const state = await stateOf(run)
        return clouds.identity(run, cloudForm(state), methodOf(state), { ...accountOf(state), signal })
      },
      cloud: () => cloudOf(run),
      recentRegions: (cloud) => engine.recentRegions(cloud, run),
      endingFamilies: async () => endingFamilies(await catalogs.read('retirements')),
      catalog: (name) => catalogs.read(name),
      inspect: (file, signal) => xray.look(file, signal),
      pace,
      uploads,
      access,
      async reaches(host, port, signal) {
        const profile = await clouds.profile(cloudForm(await stateOf(run)))
        return reaches(host, port, { network, profile, signal })
      },
      sessions,
      parts: recipe.listener(run),
      vmKeys,
    }
  }

  async function stateOf(run: string): Promise<RunState> {
    return (await engine.open(run)).state
  }

  /** The run whose build VM a machine is; a tag alone proves nothing. */
  async function runOf(run: string, machine: string) {
    const state = await stateOf(run).catch(() => null)
    const isOurs = state?.resources.some(({ id }) => isSameResource(id, machine))
    return state && isOurs ? { id: run, name: state.name } : null
  }

  async function cloudOf(run: string): Promise<Cloud> {
    const state = await stateOf(run)
    return clouds.cloud(run, cloudForm(state), methodOf(state), { ...accountOf(state), signal: asking.signal })
  }

  return {
    engine,
    practice,
    uploads,
    pools,
    access,
    sessions,
    vmKeys,
    machines,
    doors,
    places: () => knownPlaces(clouds, poolRuns),
    openMachines: (place, send) => openMachineList({ clouds, runOf }, place, send),
    screen: async (run) => screenOf(await cloudOf(run), vmOf(await stateOf(run)).id, asking.signal),
    address: async (run) => clouds.address(run, cloudForm(await stateOf(run)), asking.signal),
    pins,
    cloudOf,
    async list(run, what, fresh = false) {
      if (what === 'clouds') return { options: cloudOptions(), source: { from: 'catalog', at: null } }
      const cloud = fresh || clouds.isTalking(run) ? () => cloudOf(run) : null
      const state = await stateOf(run)
      const scope = scopeOf(state)
      const recentRegions = what === 'regions' ? await engine.recentRegions(cloudOfRun(state) ?? scope.cloud, run) : []
      return offer(what, { ...scope, recentRegions }, { cloud, catalogs, kept, signal: asking.signal, now })
    },
    consequences: async (run, step, input) => consequencesIn(await stateOf(run), step, input),
    async change(run, step, input, remove) {
      await engine.change(run, step, input, unusedIn(await stateOf(run), step, input, remove))
    },
    async checkName(run, step, input) {
      checking.get(run)?.abort()
      const controller = new AbortController()
      checking.set(run, controller)
      const state = await stateOf(run)
      if (state.steps['connect.signIn'].status !== 'done') return { is: 'unknown' }
      return checkName(() => cloudOf(run), withInput(state, step, input), step, controller.signal)
    },
    connection: (run) => clouds.status(run ?? ''),
    pendingSignIn: (run) => clouds.pending(run),
    reopenSignIn(run) {
      if (!clouds.reopen(run)) throw new AppError('signIn.needed')
    },
    signInAddress: (run) => clouds.pageAddress(run),
    async accounts(run) {
      const output = (await stateOf(run)).steps['connect.cloud'].output as OutputOf<'connect.cloud'> | undefined
      return output ? clouds.accounts({ name: output.cloud, authority: output.authority }) : []
    },
    cloudSettings: () => clouds.settings(),
    signOut: (cloud, homeAccountId) => clouds.signOut(cloud, homeAccountId),
    subscribe: (listener) => clouds.subscribe(listener),
    preflight: createPreflightWatch({
      subscribe: (listener, run) => engine.subscribe(listener, run),
      cloudOf,
      isOnline: (run) => clouds.status(run).state === 'online',
      now,
      catalog: (name) => catalogs.read(name),
      ...(options.preflightEveryMs ? { everyMs: options.preflightEveryMs } : {}),
    }),
    xray: createXrayWatch({ subscribe: (listener, run) => engine.subscribe(listener, run), xray }),
    recipe,
    recipeFiles: createRecipeFiles(recipeForm),
    async channelScript(run) {
      const { state, forms } = await engine.open(run)
      const { name: vm, port } = vmOf(state)
      const { auth, publicKey, sourceCidr } = forms['vm.create'] as Partial<Inputs['vm.create']>
      const key = auth === 'ownKey' && publicKey ? publicKey : await vmKeys.publicKey(run)
      return channelScript({ vm, publicKey: key, port: port === 443 ? 443 : 22, sourceCidr })
    },
    requeue: () => engine.requeue(),
    networkChanged: () => queue.wake(),
    practiceSetAside: () => setAside,
    async resetPractice() {
      const active = (await engine.list()).find(
        ({ cloud, status }) => cloud === 'practice' && (status === 'running' || status === 'waiting'),
      )
      if (active) throw new AppError('practice.in-use', { run: active.name })
      // First, so that a request which misses the cloud does not start it again.
      await clouds.forgetPractice()
      await practice.stop()
      setAside = null
      return moveAside(paths.practice, now())
    },
    async knownHosts(cloud) {
      for (const summary of await engine.list()) {
        if (summary.cloud !== cloud) continue
        const { steps } = await stateOf(summary.id)
        const account = steps['prepare.account'].output as OutputOf<'prepare.account'> | undefined
        const storage = steps['prepare.storage'].output as OutputOf<'prepare.storage'> | undefined
        if (account || storage) {
          return {
            ...(account ? { batch: account.endpoint } : {}),
            ...(storage ? { storage: storage.blobEndpoint } : {}),
          }
        }
      }
      return {}
    },
    async reportFile(run) {
      // Never a path out of the journal: a run's folder may have been copied from elsewhere, or by a stranger.
      const { output } = (await stateOf(run)).steps['finish.report']
      return output === undefined ? null : join(paths.runs, run, reportName)
    },
    async close() {
      checking.forEach((controller) => controller.abort())
      recipe.close()
      sessions.closeAll()
      await pools.close()
      await engine.close()
      // The last that asks the cloud: nobody stays let in to a VM.
      await Promise.all([access.shutAll(), doors.shutAll()])
      asking.abort()
      clouds.close()
      await practice.stop()
    },
  }
}

function cloudOptions(): Option[] {
  const real = Object.values(builtInProfiles)
  return [
    { value: 'practice', label: 'practice' },
    ...real.map(({ name, armEndpoint }) => ({ value: name, label: name, detail: new URL(armEndpoint).host })),
  ]
}
