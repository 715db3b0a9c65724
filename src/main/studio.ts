import { join } from 'node:path'
import type { lists, Option, RunsView } from '../shared/contract'
import type { Inputs } from '../shared/forms/forms'
import { proposals } from '../shared/proposals'
import type { RunState } from '../shared/run'
import type { Language } from '../shared/terms'
import type { Cloud } from './azure/cloud'
import type { SignInUi, TokenCache } from './azure/sign-in'
import { createClouds } from './clouds'
import { createEngine, type Engine } from './engine/engine'
import type { Log } from './log'
import { listOptions } from './pickers'
import { createPracticeProcess, type PracticeProcess, type PracticeSpeed } from './practice-process'
import { stepRecipes } from './steps/index'
import type { Env } from './steps/tools'

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
  practice: { program: string; speed?: PracticeSpeed; port?: number }
  /** Without a person: every sign-in uses these variables, in the practice cloud its owner. */
  headless?: { environment: Record<string, string | undefined> }
}

/** Everything that window and command line drive: runs, their clouds, the practice cloud. Free of Electron. */
export type Studio = {
  engine: Engine<Env>
  practice: PracticeProcess
  /** The cloud of a run, signed in. Throws AppError `signIn.needed`. */
  cloudOf(run: string): Promise<Cloud>
  /** What a form's picker offers; asks the run's cloud, except for `clouds`. */
  list(run: string, what: ListName): Promise<Option[]>
  /** How the run's cloud answered last; `unknown` without a run or before the first request. */
  connection(run: string | null): RunsView['cloud']
  /** The code to type elsewhere while a sign-in of this run waits for it. */
  deviceCode(run: string): { url: string; code: string } | null
  /** Tells that a connection or a device code changed. Returns the way to stop that. */
  subscribe(listener: () => void): () => void
  /** Path of the run's report, or null while there is none. */
  reportFile(run: string): string | null
  /** Stops running steps, writes down what is pending, stops the practice cloud. */
  close(): Promise<void>
}

