import type { Catalog, CatalogName } from '../../shared/catalog'
import { forms, type Inputs } from '../../shared/forms/forms'
import type { Inspection, OutputOf } from '../../shared/outputs'
import { AppError } from '../../shared/errors'
import type { PartState } from '../../shared/parts'
import type { CloudProfile } from '../../shared/profile'
import type { RunState } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import type { Cloud } from '../azure/cloud'
import type { Identity } from '../azure/sign-in'
import type { EngineTools, Step } from '../engine/step'
import type { VmAccess } from './vm-access'
import type { VmKeys } from '../sessions/keys'
import type { Sessions } from '../sessions/session'
import type { Pace } from '../upload/pace'
import type { Uploads } from '../upload/uploads'

export type PartListener = {
  stands(parts: readonly PartState[]): void
  /** `id`: of the part. */
  prints(id: string, text: string): void
}

/** What the app wires into a step besides the engine's verbs. */
export type Env = {
  /** The run's own folder; the report is written there. */
  folder: string
  /** The report as one HTML page, in the language of the moment. */
  reportPage(state: RunState, at: Date): string
  /** Configuration of the cloud that a form names. Starts the practice cloud where it is that one. */
  profile(form: Inputs['connect.cloud']): Promise<CloudProfile>
  /** Lets a person (or the environment) sign in to this run's cloud. */
  signIn(how: Inputs['connect.signIn'], signal: AbortSignal): Promise<Identity>
  /** Makes an account that is signed in already this run's own, without asking anybody; null when it is not known. */
  useAccount(who: { homeAccountId?: string; tenant?: string }): Promise<Identity | null>
  /** The account that is signed in to this run's cloud without asking anybody, or null. */
  identity(signal: AbortSignal): Promise<Identity | null>
  /** This run's cloud, signed in. Throws AppError `signIn.needed`. */
  cloud(): Promise<Cloud>
  /** Regions of the earlier runs in a cloud, the last used first. */
  recentRegions(cloud: string): Promise<readonly string[]>
  /** Families of VM sizes whose end is announced, in lower case. */
  endingFamilies(): Promise<ReadonlySet<string>>
  /** What the app knows of Azure without asking it. */
  catalog<Name extends CatalogName>(name: Name): Promise<Catalog<Name>>
  /** Reads and judges a disk image. Throws AppError `file.*` or `cancelled`. */
  inspect(file: string, signal: AbortSignal): Promise<Inspection>
  /** Holds all uploads together to the limit of the moment. */
  pace: Pace
  /** Sends disks, each in a process of its own. */
  uploads: Uploads
  /** Who may come in to each run's build VM. */
  access: VmAccess
  /** Whether a port of a VM answers this computer, by the way that a session takes. */
  reaches(host: string, port: number, signal: AbortSignal): Promise<NonNullable<OutputOf<'vm.create'>['reach']>>
  /** The live connections to build VMs. */
  sessions: Sessions
  /** Told how the parts of the install recipe stand and what they print, for whoever watches; never written down. */
  parts: PartListener
  /** Key pair and password of each run's build VM. */
  vmKeys: VmKeys
}
export type Tools = EngineTools & Env

export type RunStep<Id extends StepId> = Step<Inputs[Id], OutputOf<Id>, Env>

/** Output of a step that this one requires; the engine runs no step before its requirements. */
export function outputOf<Id extends StepId>(tools: EngineTools, step: Id): OutputOf<Id> {
  const output = tools.output(step)
  if (output === undefined) throw new AppError('unexpected', {}, { message: `${step} has no output` })
  return output as OutputOf<Id>
}

/** What may be asked but need not be: null where the person has no right to ask, so that the cloud itself will tell. */
export async function unlessForbidden<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question
  } catch (error) {
    if (error instanceof AppError && error.code === 'cloud.forbidden') return null
    throw error
  }
}

/** Parses a complete form; throws AppError `input.invalid` naming the fields. */
export function parseForm<Id extends StepId>(step: Id, input: Record<string, unknown>): Inputs[Id] {
  const parsed = forms[step].safeParse(input)
  if (parsed.success) return parsed.data as Inputs[Id]
  const fields = [...new Set(parsed.error.issues.map((issue) => fieldName(issue)))].join(', ')
  throw new AppError('input.invalid', { step, fields }, { message: parsed.error.issues.map(sentence).join('; ') })
}

type Issue = { path: PropertyKey[]; message: string; code?: string | undefined; keys?: string[] }

function fieldName(issue: Issue): string {
  return issue.code === 'unrecognized_keys' ? (issue.keys ?? []).join(', ') : issue.path.join('.') || '*'
}

function sentence(issue: Issue): string {
  return `${issue.path.join('.') || '*'}: ${issue.message}`
}
