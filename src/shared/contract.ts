import { z } from 'zod'
import type { PreflightLook } from './preflight'
import type { Progress, RunState, RunSummary, WhenClosed } from './run'
import { desktopCalls, desktopStreams } from './desktop-calls'
import { filesCalls, filesStreams } from './files-calls'
import { machineCalls, machineStreams } from './machine-calls'
import { poolPlace, type PoolPlace } from './pool-place'
import { recipeCalls, recipeStreams } from './recipe-calls'
import { sessionCalls, sessionStreams } from './session-calls'
import { settingsCalls, settingsStreams } from './settings-calls'
import type { ErrorData } from './errors'
import type { Inventory } from './inventory'
import type { TroubledNode } from './node-causes'
import { closings, languages, recipes, runNameLimit, stepIds, themes, type RecipeId, type StepId } from './terms'
import type { Expected } from './time-left'
import type { XrayView } from './xray'

/** Everything the window may ask of main. Types, the handler map and the client are derived from these two objects. */
const run = z.string().regex(/^[a-z0-9-]{1,64}$/)
const step = z.enum(stepIds)
const runStep = z.strictObject({ run, step })
const none = z.strictObject({})
const done = z.null()
export const option = z.object({
  value: z.string(),
  label: z.string(),
  detail: z.string().optional(),
  group: z.string().optional(),
  /** Listed before all others, and why. */
  first: z.enum(['recent', 'recommended']).optional(),
  /** Cannot be used here, and why: listed after all others. `params` fill the holes of `messages.picking.unfit`. */
  unfit: z
    .object({
      why: z.enum(['generation', 'architecture', 'quota', 'region', 'system', 'roleBasedVault', 'restricted']),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
    })
    .optional(),
  /** When Azure or Batch ends it, ISO 8601 date, and what takes its place. */
  endsOn: z.string().optional(),
  replacement: z.string().optional(),
  /** Figures of a VM size; null where the service does not say. */
  size: z
    .object({
      cores: z.number().nullable(),
      memoryGb: z.number().nullable(),
      localDiskGb: z.number().nullable(),
      generations: z.array(z.enum(['V1', 'V2'])),
    })
    .optional(),
})
/** Where a list comes from, and of when it is; `at` is ISO 8601, null where nothing is known. */
const listSource = z.object({ from: z.enum(['cloud', 'kept', 'catalog', 'none']), at: z.string().nullable() })
export type ListSource = z.infer<typeof listSource>
export type Option = z.infer<typeof option>

/** Resource id of a pool, in lower case. */
const pool = z.string().min(1).max(1000)

/** Nothing else than the web is opened for what a VM printed. */
const webAddress = z.url({ protocol: /^https?$/, hostname: z.regexes.hostname }).max(4096)

const largestForm = 100_000

/** What a form holds goes into the journal: only what JSON can say, and no more of it than a form has. */
function isSmallData(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= largestForm
  } catch {
    return false
  }
}

const form = z.record(z.string().max(64), z.unknown()).refine(isSmallData, 'not data, or too much of it')

const consequences = z.object({
  /** Later finished steps that are done again, with their usual minutes. */
  again: z.array(z.object({ step, minutes: z.number() })),
  things: z.array(
    z.object({
      id: z.string(),
      what: z.string(),
      step,
      fate: z.enum(['reused', 'overwritten', 'inTheWay', 'unused']),
      /** Clean-up removes it in any case. */
      isLeaving: z.boolean(),
      /** It costs until it is removed. */
      isCosting: z.boolean(),
    }),
  ),
})
export type ConsequencesView = z.infer<typeof consequences>

const nameAnswer = z.object({
  /** `yours`: made by this run, used again. `there`: exists and is taken as it is. `unknown`: cannot be asked now. */
  is: z.enum(['free', 'taken', 'refused', 'yours', 'there', 'unknown']),
  /** A name like it that is free, where this one cannot be had. */
  free: z.string().optional(),
})
export type NameAnswer = z.infer<typeof nameAnswer>

export const theme = z.enum(themes)
export const language = z.enum(languages)
const appFacts = z.object({
  version: z.string(),
  language,
  /** null: the system's. */
  chosenLanguage: language.nullable(),
  theme,
  platform: z.string(),
  /** An old stand-in Electron is in use: practice cloud only. */
  isFallbackElectron: z.boolean(),
  /** Sign-ins survive a restart only where the system has a keyring. */
  hasKeyring: z.boolean(),
  /** Where settings lie that could not be read at this start. */
  damagedSettings: z.string().nullable(),
  /** A person wants to be told when a run ends or needs them. */
  notify: z.boolean(),
  closing: z.enum(closings),
  /** Pictures are drawn by a graphics card, not by the processor. */
  hasGraphicsCard: z.boolean(),
})
export type AppFacts = z.infer<typeof appFacts>

/** What a plan would do, before anything is made of it. */
const planView = z.object({
  id: z.string(),
  file: z.string(),
  name: z.string(),
  recipe: z.enum(Object.keys(recipes) as [keyof typeof recipes]),
  /** What it reads or runs by itself: to be confirmed. */
  concerns: z.array(
    z.object({ at: z.string(), what: z.enum(['file', 'profile', 'script', 'access']), value: z.string() }),
  ),
  values: z.array(z.object({ step, field: z.string(), value: z.string() })),
})
export type PlanView = z.infer<typeof planView>

export const lists = [
  'clouds',
  'tenants',
  'subscriptions',
  'regions',
  'resourceGroups',
  'batchAccounts',
  'storageAccounts',
  'galleries',
  'vmSizes',
  'nodeAgents',
  'keyVaults',
  'marketplaceImages',
  'buildSizes',
  'virtualMachines',
] as const

const cloudName = z.string().min(1).max(200)
const account = z.object({
  id: z.string(),
  username: z.string(),
  name: z.string(),
  tenantId: z.string(),
  /** Sign-in host that the account belongs to. */
  host: z.string(),
})
export type Account = z.infer<typeof account>
const cloudSettings = z.object({
  cloud: z.string(),
  /** Host of the sign-in service; null where it is not known without asking. */
  host: z.string().nullable(),
  /** The practice cloud brings its own client id. */
  needsClientId: z.boolean(),
  clientId: z.string().nullable(),
  tenant: z.string().nullable(),
  accounts: z.array(account),
})
export type CloudSettings = z.infer<typeof cloudSettings>
/** A sign-in that waits for a person, until the given time (ISO 8601, UTC). */
export type PendingSignIn =
  | { method: 'browser'; host: string; until: string }
  | { method: 'deviceCode'; url: string; code: string; until: string }

export const calls = {
  'app.facts': { input: none, output: appFacts },
  'settings.save': {
    input: z.strictObject({
      theme: theme.optional(),
      /** null: the system's. */
      language: language.nullable().optional(),
      notify: z.boolean().optional(),
      closing: z.enum(closings).optional(),
    }),
    output: appFacts,
  },
  'run.create': {
    input: z.strictObject({
      recipe: z.enum(Object.keys(recipes) as [keyof typeof recipes]),
      name: z.string().min(1).max(runNameLimit),
      cloud: z.string().max(64).optional(),
    }),
    output: z.object({ run }),
  },
  /** What a copy of a run would be called and would have to choose anew, in the same cloud (null) or another one. */
  'run.previewCopy': {
    input: z.strictObject({ run, cloud: z.string().max(4096).nullable() }),
    output: z.object({
      name: z.string(),
      anew: z.array(z.object({ step, field: z.string(), was: z.string() })),
      typedNames: z.array(z.object({ step, field: z.string(), name: z.string() })),
    }),
  },
  /** A new run with the inputs of another one, in the same cloud or another one. */
  'run.duplicate': {
    input: z.strictObject({
      run,
      name: z.string().min(1).max(runNameLimit),
      cloud: z.string().max(4096).optional(),
      keepNames: z.boolean(),
    }),
    output: z.object({ run }),
  },
  /** Main shows the system's file dialog and reads the plan; null when nothing was chosen. Nothing is made. */
  'plan.open': { input: none, output: planView.nullable() },
  /** Makes the run of a plan that was shown; the person has confirmed it. */
  'plan.create': {
    input: z.strictObject({ plan: z.string().max(40), name: z.string().min(1).max(runNameLimit) }),
    output: z.object({ run }),
  },
  /** Writes what was typed in a run as a plan, where the person says. */
  'plan.save': { input: z.strictObject({ run }), output: z.object({ file: z.string().nullable() }) },
  'run.rename': { input: z.strictObject({ run, name: z.string().min(1).max(runNameLimit) }), output: done },
  /** Takes a run off the list. While scaffold exists it is removed first where that is asked for, else refused. */
  'run.remove': { input: z.strictObject({ run, cleanUp: z.boolean() }), output: done },
  /** Stops the running step for now; what can go on from where it was becomes paused. */
  'run.pause': { input: z.strictObject({ run }), output: done },
  /** Gives the run up and removes its scaffold and the products named. Answers when that has begun. */
  'run.cancel': {
    input: z.strictObject({ run, alsoRemove: z.array(z.string().max(2048)).max(500) }),
    output: done,
  },
  'step.input': { input: z.strictObject({ run, step, input: form }), output: done },
  /** What changing the form of a finished step would do. Looks into the journal only, asks nobody. */
  'step.consequences': { input: z.strictObject({ run, step, input: form }), output: consequences },
  /** Keeps a changed form of a finished step; what it leaves unused is marked, and named ones are removed at clean-up. */
  'step.change': {
    input: z.strictObject({ run, step, input: form, remove: z.array(z.string().max(2048)).max(500) }),
    output: done,
  },
  /** Whether the name in a form can be had. A newer question about the same run ends an older one. */
  'name.check': { input: z.strictObject({ run, step, input: form }), output: nameAnswer },
  /** Answers when the work has started; what follows comes down the `runs` stream. */
  'step.perform': { input: runStep, output: done },
  /** Performs this step and every later one until one needs a person. */
  /** Stops before a finished step whose change has consequences nobody has seen; `RunDetail.asks` names it. */
  'run.continue': { input: z.strictObject({ run }), output: done },
  /** Tries the step that waits for the cloud at once. `run.cancel` ends the waiting. */
  'run.tryNow': { input: z.strictObject({ run }), output: done },
  'step.skip': { input: z.strictObject({ run, step, reason: z.string().min(1).max(500) }), output: done },
  /** Main shows the system's file dialog; the window learns only which file was chosen. */
  'file.pick': {
    input: z.strictObject({ run, kind: z.enum(['disk', 'profile']).optional() }),
    output: z.object({ file: z.string().nullable() }),
  },
  /** A file dropped on the window, named by the preload. */
  'file.drop': { input: z.strictObject({ run, path: z.string().max(4096) }), output: z.object({ file: z.string() }) },
  'cloud.list': {
    /** `fresh`: ask the cloud even though this run has not talked to it since the program started. */
    input: z.strictObject({ run, list: z.enum(lists), fresh: z.boolean().optional() }),
    output: z.object({ options: z.array(option), source: listSource }),
  },
  /** Shows the last reading of a cloud and account, without a request. */
  'pools.choose': { input: z.strictObject({ place: poolPlace }), output: done },
  /** Answers when the sign-in has begun; what follows comes down the `pools` stream. */
  'pools.signIn': { input: z.strictObject({ method: z.enum(['browser', 'deviceCode', 'environment']) }), output: done },
  /** Stops a sign-in or a reading. */
  'pools.stop': { input: none, output: done },
  /** Reads everything again; images too where a person asked for it. Answers when the reading has begun. */
  'pools.refresh': { input: z.strictObject({ isAsked: z.boolean() }), output: done },
  'pools.detail': { input: z.strictObject({ pool }), output: z.custom<PoolDetail>() },
  /** Sets the wanted numbers of nodes to 0; how it goes comes down the `pools` stream. */
  'pools.scaleToZero': { input: z.strictObject({ pool }), output: done },
  /** Begins a run for a pool like this one on a new image. */
  'pools.startRun': {
    input: z.strictObject({
      pool,
      name: z.string().min(1).max(80),
      recipe: z.enum(Object.keys(recipes) as [keyof typeof recipes]),
    }),
    output: z.object({ run }),
  },
  /** Asks for a fresh look while the stream `preflight` of this run is open; the answer comes down that stream. */
  'preflight.look': { input: z.strictObject({ run }), output: done },
  /** Looks into the run's disk image anew while the stream `xray` of this run is open; the answer comes down that stream. */
  'xray.look': { input: z.strictObject({ run }), output: done },
  /** Ends the look that goes on. */
  'xray.stop': { input: z.strictObject({ run }), output: done },
  /** The accounts that are signed in to a run's cloud. Sends nothing. */
  'account.list': { input: z.strictObject({ run }), output: z.array(account) },
  /** Takes an account and its tokens out of cache, memory and every run's connection. */
  'account.signOut': { input: z.strictObject({ cloud: cloudName, account: z.string().min(1).max(200) }), output: done },
  /** Every cloud with what is kept for it. Sends nothing. */
  'cloud.settings': { input: none, output: z.array(cloudSettings) },
  /** Client id and tenant that runs use where their own form says nothing; null: none. */
  'cloud.save': {
    input: z.strictObject({
      cloud: cloudName,
      clientId: z.guid().nullable(),
      tenant: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/)
        .nullable(),
    }),
    output: done,
  },
  /** Opens the page of a sign-in that waits in the browser once more. */
  'signIn.reopen': { input: z.strictObject({ run }), output: done },
  /** Puts the address of that page on the clipboard, for another browser. */
  'signIn.copyAddress': { input: z.strictObject({ run }), output: done },
  'report.open': { input: z.strictObject({ run }), output: done },
  'log.write': {
    input: z.strictObject({ level: z.enum(['info', 'warn', 'error']), message: z.string().max(4000) }),
    output: done,
  },
  'log.open': { input: none, output: done },
  ...settingsCalls,
  ...sessionCalls,
  ...filesCalls,
  ...recipeCalls,
  ...desktopCalls,
  ...machineCalls,
  /** What a person pastes: the page itself has no right to look. Longer texts are cut. */
  'clipboard.read': { input: none, output: z.object({ text: z.string() }) },
  /** Opens an address in the browser that a person has read and confirmed. */
  'link.open': { input: z.strictObject({ url: webAddress }), output: done },
  'clipboard.write': { input: z.strictObject({ text: z.string().max(100_000) }), output: done },
} as const

export type RunDetail = {
  state: RunState
  /** The effective form of each step: proposals overlaid with what was typed. */
  forms: Record<StepId, Record<string, unknown>>
  /** Steps whose requirements are met. */
  open: StepId[]
  /** The step that waits for the cloud to answer again; for which host and since when is in its state. */
  waiting: StepId | null
  running: { step: StepId; progress: Progress | null; startedAt: string; closing: WhenClosed } | null
  /** The clean-up of a run that was given up, while it goes on. */
  removing: { progress: Progress | null; startedAt: string } | null
  /** A finished step whose change a person has to see before the run goes on: there it stopped, and when. */
  asks?: { step: StepId; at: string } | null
  /** Steps that may be left out, with the later ones that are then left out as well. */
  leavesOut: Partial<Record<StepId, StepId[]>>
  /** How long each step takes, from earlier runs in the same cloud. */
  times: Partial<Record<StepId, Expected>>
  /** What to do elsewhere, while the sign-in of this run waits for it. */
  signIn?: PendingSignIn | null
}
export type RunsView = {
  runs: RunSummary[]
  /** The run this stream was opened for. */
  run: RunDetail | null
  cloud: { state: 'online' | 'offline' | 'unknown'; host: string | null; ms: number | null }
  savedAt: string | null
  /** Where the practice cloud keeps what it could not read of its former state; null when nothing was damaged. */
  practiceSetAside: string | null
}

/** What the list of pools does not say of one of them. */
export type PoolDetail = {
  /** Nodes that need a person. */
  troubled: TroubledNode[]
  /** Why they could not be asked for. */
  nodesError: ErrorData | null
  /** Cores of the account, by all its pools and by those of this VM family; null where sizes could not be read. */
  cores: { family: string; inFamily: Usage; dedicated: Usage; spot: Usage } | null
  pools: Usage
  /** What a run for a pool like this one would not carry over, by the service's names of settings. */
  notCarried: string[]
  /** How its image was made; null where nobody can tell any more. */
  recipe: RecipeId | null
}
/** `limit` null: the service does not say. */
export type Usage = { used: number; limit: number | null }
export type PoolsView = {
  place: PoolPlace | null
  /** Clouds and accounts known from runs and earlier readings. */
  places: PoolPlace[]
  doing: 'nothing' | 'signingIn' | 'reading'
  deviceCode: { url: string; code: string } | null
  inventory: Inventory | null
  /** Why the last reading or sign-in did not come through; what was read before stays. */
  error: ErrorData | null
  /** Pools that are being brought to 0 nodes. */
  scaling: string[]
  /** The ones that did not get there. */
  scaleErrors: { pool: string; error: ErrorData }[]
  cloud: RunsView['cloud']
}

/** The preflight of a run as its screen shows it. */
export type PreflightView = {
  /** The latest look; null before the first. */
  look: PreflightLook | null
  /** Something that it read was changed since. */
  isOlder: boolean
  isLooking: boolean
  /** Why the latest look could not be made. */
  error: ErrorData | null
  /** When it looks again by itself, ISO 8601 UTC; null: only when asked to, or after a change. */
  nextLookAt: string | null
}

export const streams = {
  pools: { open: none, up: z.never(), down: z.custom<PoolsView>() },
  runs: { open: z.strictObject({ run: run.nullable() }), up: z.never(), down: z.custom<RunsView>() },
  ...settingsStreams,
  ...sessionStreams,
  ...machineStreams,
  ...filesStreams,
  ...recipeStreams,
  ...desktopStreams,
  /** Looks again by itself, but only while somebody has it open. */
  preflight: { open: z.strictObject({ run }), up: z.never(), down: z.custom<PreflightView>() },
  /** What is in the disk image that the run's form names, and how the file changes; looked into as soon as it is named. */
  xray: { open: z.strictObject({ run }), up: z.never(), down: z.custom<XrayView>() },
  /** A notification was clicked: this run is to be shown. */
  notice: { open: none, up: z.never(), down: z.object({ run }) },
  /** Commands from the application menu. */
  menu: { open: none, up: z.never(), down: z.enum(['home', 'newRun', 'openPlan', 'settings', 'pools']) },
} as const

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<Name extends CallName> = z.input<Calls[Name]['input']>
export type CallOutput<Name extends CallName> = z.output<Calls[Name]['output']>
export type Streams = typeof streams
export type StreamName = keyof Streams
