import { z } from 'zod'
import { errorCodes, type ErrorData, type ErrorDetails } from './errors'
import { recipes, stepIds, type RecipeId, type StepId } from './terms'

/** Version of the journal's lines. A journal with a higher one was written by a newer app and is only shown, never touched. */
export const journalVersion = 1

const stepId = z.enum(stepIds)
export const errorData = z.object({
  code: z.enum(errorCodes),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  details: z.custom<ErrorDetails>((value) => typeof value === 'object' && value !== null),
})

/** Something the run makes in the cloud or on this computer; written down before it is made. */
export const resource = z.object({
  /** Full resource id, or URL for a blob. */
  id: z.string(),
  /** Kind in the field's words: `resource group`, `storage account`, `page blob`, … (a key of `messages.kinds`). */
  what: z.string(),
  /** true: a product the user wants; false: scaffold that clean-up removes. */
  keep: z.boolean(),
  /** What it was made from and nobody can change afterwards (`things.ts`). */
  basis: z.record(z.string(), z.string()).optional(),
})
export type Resource = z.infer<typeof resource>

/** One write request that Azure answered while a step ran: the evidence in the report. */
export const proof = z.object({
  at: z.string(),
  method: z.string(),
  /** Path without query. */
  target: z.string(),
  status: z.number(),
  requestId: z.string(),
})
export type Proof = z.infer<typeof proof>

const recipe = z.enum(Object.keys(recipes) as [RecipeId, ...RecipeId[]])

/**
 * The facts a journal is made of. `seq` counts from 1 without gaps, `at` is ISO 8601 UTC. A new kind of fact, step, recipe or
 * error code needs no new version: a whole line that an older app cannot parse tells it that a newer one wrote the journal.
 */
const fact = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    id: z.string(),
    recipe,
    name: z.string(),
    app: z.string(),
    /** The run whose inputs it began with. */
    copyOf: z.object({ run: z.string(), name: z.string() }).optional(),
  }),
  z.object({ kind: z.literal('renamed'), name: z.string() }),
  z.object({
    kind: z.literal('input'),
    step: stepId,
    input: z.record(z.string(), z.unknown()),
    /** true: the complete form a step was performed with, proposals included; otherwise what a person typed. */
    effective: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('started'), step: stepId, attempt: z.number().int() }),
  z.object({ kind: z.literal('making'), step: stepId, resource }),
  z.object({ kind: z.literal('ticket'), step: stepId, value: z.unknown() }),
  z.object({
    kind: z.literal('done'),
    step: stepId,
    output: z.unknown(),
    proof: z.array(proof),
    /** Steps that had read another output of this one and are to be done again. */
    outdates: z.array(stepId).optional(),
  }),
  z.object({ kind: z.literal('failed'), step: stepId, error: errorData }),
  /**
   * `host` did not answer: the step waits for it and is begun anew by itself, and where `rest` is set so is what follows, up to
   * `stopAfter`.
   */
  z.object({
    kind: z.literal('queued'),
    step: stepId,
    host: z.string(),
    error: errorData,
    rest: z.boolean(),
    stopAfter: stepId.optional(),
  }),
  z.object({ kind: z.literal('skipped'), step: stepId, reason: z.string() }),
  /** A person changed a finished step: what the run makes no use of any more, and whether clean-up is to remove it. */
  z.object({
    kind: z.literal('changed'),
    step: stepId,
    unused: z.array(z.object({ id: z.string(), remove: z.boolean() })),
  }),
  z.object({ kind: z.literal('gone'), step: stepId, id: z.string() }),
  /** A person stopped the step for now; it goes on from where it was. `percent`: how far it was, where that can be told. */
  z.object({ kind: z.literal('paused'), step: stepId, percent: z.number().optional() }),
  /** A person gave the whole run up: its scaffold and the products named are being removed until `cancelled`. */
  z.object({ kind: z.literal('cancelling'), alsoRemove: z.array(z.string()) }),
  /** A thing that could not be removed, and why. */
  z.object({ kind: z.literal('stuck'), id: z.string(), error: errorData }),
  z.object({ kind: z.literal('cancelled') }),
])
export type Fact = z.infer<typeof fact>
export const journalEntry = z.intersection(z.object({ v: z.number(), seq: z.number().int(), at: z.string() }), fact)
export type JournalEntry = z.infer<typeof journalEntry>

export type StepStatus = 'todo' | 'running' | 'waiting' | 'interrupted' | 'paused' | 'done' | 'failed' | 'skipped'

export type StepState = {
  status: StepStatus
  /** What the form holds; may be incomplete while the step has not run. */
  input: Record<string, unknown>
  /** What a person typed, as opposed to what was proposed. */
  typed?: Record<string, unknown>
  /** The complete form of the last attempt. */
  performed?: Record<string, unknown>
  /** true: typed anew since the last attempt, so that the step is to be done again. */
  edited?: boolean
  /** true: a person saw what this change does to what was made, and wants it. */
  agreed?: true
  attempts: number
  startedAt?: string
  endedAt?: string
  output?: unknown
  ticket?: unknown
  error?: ErrorData
  /** While it waits for a host, and while it is tried again in between: since when, and what goes on afterwards. */
  queue?: { host: string; since: string; rest: boolean; stopAfter?: StepId }
  reason?: string
  /** How far it was when it was paused, percent. */
  percent?: number
  /** true: the last attempt began from nothing and ended well, so that its length tells how long the step takes. */
  isWhole?: boolean
  proof: Proof[]
}

export type RunState = {
  id: string
  recipe: RecipeId
  name: string
  createdAt: string
  updatedAt: string
  steps: Record<StepId, StepState>
  /** Everything made and not yet gone, oldest first. */
  resources: MadeResource[]
  /** Present once the run was given up. */
  cancelled?: Cancellation
  copyOf?: { run: string; name: string }
}

/** `unused`: the run makes no use of it any more since a step was changed; `remove` = clean-up takes it along. */
export type MadeResource = Resource & { step: StepId; at: string; unused?: 'stays' | 'remove' }

/** Clean-up removes it without being told so. */
export function isLeaving({ keep, unused }: Pick<MadeResource, 'keep' | 'unused'>): boolean {
  return !keep || unused === 'remove'
}

/** A run that was given up: what is to go, what went, what could not go. */
export type Cancellation = {
  since: string
  /** Absent while the clean-up is not over. */
  endedAt?: string
  /** Products that go besides the scaffold. */
  alsoRemove: string[]
  removed: Resource[]
  left: { id: string; error: ErrorData }[]
}

/** Live figures of the step that is running; never journaled. Bytes where `unit` says so. */
export type Progress = {
  done: number
  total: number
  unit: 'bytes' | 'polls' | 'percent' | 'steps'
  /** Who is waited for and what for: a key of `messages.waits` with the values of its holes. */
  wait?: { key: string; params: Record<string, string | number> }
  /** The numbers of an upload; all in bytes, rate in bytes per second. */
  upload?: {
    virtualBytes: number
    dataBytes: number
    sentBytes: number
    skippedBytes: number
    presentBytes: number
    rate: number
    secondsLeft: number | null
    /** What all uploads together are held to, bytes per second; absent: nothing. */
    limit?: number
    /** Each disk by itself where there are several: the one with the system first, whose `lun` is null. */
    disks?: { lun: number | null; done: number; total: number; rate: number }[]
  }
  /** The thing that a clean-up is removing right now. */
  removing?: string
  /** Replication per region, percent. */
  regions?: { region: string; percent: number; state: string }[]
}

/** One line of the list on the home screen, kept beside the journal so that listing never replays. */
export type RunSummary = {
  id: string
  name: string
  recipe: RecipeId
  cloud: string | null
  createdAt: string
  updatedAt: string
  /** The step that needs attention or comes next; null when all is finished. */
  step: StepId | null
  status:
    | 'new'
    | 'ready'
    | 'running'
    | 'waiting'
    | 'interrupted'
    | 'paused'
    | 'failed'
    | 'finished'
    /** Given up, and its clean-up was interrupted. */
    | 'cancelling'
    | 'cancelled'
    | 'newer'
    | 'damaged'
    | 'elsewhere'
  done: number
  total: number
  /** How many things it made that clean-up would remove. */
  scaffold: number
  error?: ErrorData
  /** What it waits for while `status` is `waiting`. */
  queue?: { host: string; since: string }
  /** How far the running or paused step is, percent. */
  percent?: number
  /** What happens to the work that is going on when the app is closed. */
  closing?: WhenClosed
  /** How many things a cancelled run could not remove. */
  left?: number
}

/**
 * What closing the app means for a step that runs. `goesOn`: Azure does it by itself; `waits`: it is done here and goes on from where
 * it was; `again`: it takes seconds and is simply done again.
 */
export type WhenClosed = 'goesOn' | 'waits' | 'again'
