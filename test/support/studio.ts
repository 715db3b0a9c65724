import { afterAll, onTestFinished } from 'vitest'
import { memoryCache } from '../../src/main/commands/headless'
import type { Outcome } from '../../src/main/engine/work'
import { openLog } from '../../src/main/log'
import { loadPlan, type PlanInputs } from '../../src/main/plan'
import { createStudio, type Studio } from '../../src/main/studio'
import type { OutputOf } from '../../src/shared/outputs'
import type { JournalEntry, RunState } from '../../src/shared/run'
import { recipes, type RecipeId, type StepId, type UploadTargetKind } from '../../src/shared/terms'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { signInAs } from '../wire/practice'
import { askPractice, practiceProgram, type Stats } from './command'
import { examples } from './run'

export type Incident = {
  kind: string
  match?: string
  count?: number
  retryAfter?: number
  action?: string
  minutes?: number
}
export type Practiced = {
  studio: Studio
  folder: string
  /** A new run of the example of its recipe, from-disk by default, with some fields set; returns its id. */
  begin(inputs: PlanInputs, recipe?: RecipeId): Promise<string>
  go(run: string, stopAfter?: StepId): Promise<Outcome>
  stateOf(run: string): Promise<RunState>
  /** What a step that is done left behind. */
  outputOf<Id extends StepId>(run: string, step: Id): Promise<OutputOf<Id>>
  /** Switches an incident on until the test ends. */
  incident(incident: Incident): Promise<void>
  /** Ends all incidents at once. */
  clear(): Promise<void>
  stats(): Promise<Stats>
  /** Calls back once, when the first fact that fits is written. */
  onFact(fits: (entry: JournalEntry) => boolean, act: () => unknown): void
}

/**
 * Most tests want to see what a later step says by itself, so their person takes every risk that the preflight names; tests of
 * the preflight set their own.
 */
const everyRisk = [
  ...['group', 'sizes', 'accountCreate', 'accountRead', 'vault', 'pool', 'storageCreate', 'storageRead', 'upload'],
  ...[
    'uploadRemove',
    'diskUpload',
    'diskRemove',
    'source',
    'galleryCreate',
    'galleryRead',
    'image',
    'imageUse',
    'register',
  ],
]
  .map((purpose) => `right ${purpose}`)
  .concat(['accounts', 'pools', 'size', 'family', 'total', 'spot'].map((what) => `quota ${what}`))
  .concat(
    ['quota build'],
    ['Group', 'Network', 'Vm', 'Mark'].map((what) => `right build${what}`),
  )
  .concat(['Batch account', 'storage account', 'gallery', 'version'].map((what) => `region ${what}`))
  .concat(['Batch account', 'storage account'].map((what) => `name ${what}`))
  .concat(['storage page blobs', 'vault', 'batch principal'])

/**
 * The product without a window, on one practice cloud for all tests of a file. `queue`: steps wait for a cloud that does not
 * answer. `target`: what takes the disks of its runs; as proposed by default. `folder`: the state of an earlier one, which was closed. `person`: who signs in when asked, in a browser as with a
 * window; otherwise the practice cloud's owner signs in like an application, without being asked.
 */
export async function practised(
  options: { queue?: { limitMs?: number }; folder?: string; person?: string; target?: UploadTargetKind } = {},
): Promise<Practiced> {
  const { person, target } = options
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'studio-')))
  const waiting = new Set<{ fits: (entry: JournalEntry) => boolean; act: () => unknown }>()
  let runs = 0
  const studio = createStudio({
    stateFolder: folder,
    appVersion: 'test',
    log: openLog(path.join(folder, 'logs')),
    language: () => 'en',
    signInUi: {
      openBrowser: async (url, profile) => void (await signInAs(profile, url, person ?? 'nobody')),
      showDeviceCode: () => undefined,
    },
    tokenCache: memoryCache(),
    practice: { program: practiceProgram, speed: 'jump' },
    preflightEveryMs: 100,
    ...(person ? {} : { headless: { environment: {} } }),
    ...(options.queue ? { queue: options.queue } : {}),
    onEntry(_run, entry) {
      for (const one of waiting) {
        if (!one.fits(entry)) continue
        waiting.delete(one)
        one.act()
      }
    },
  })
  afterAll(async () => {
    await studio.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const origin = async () => (await studio.practice.start()).profile.armEndpoint
  return {
    studio,
    folder,
    async begin(inputs, recipe = 'from-disk') {
      const plan = await loadPlan(examples[recipe])
      const run = await studio.engine.create({ recipe, name: `Test ${++runs}` })
      const planned = {
        ...plan.inputs,
        'prepare.preflight': { acceptedRisks: everyRisk },
        'disk.upload': { ...plan.inputs['disk.upload'], ...(target ? { target } : {}) },
      }
      for (const step of recipes[recipe]) await studio.engine.setInput(run, step, { ...planned[step], ...inputs[step] })
      return run
    },
    async go(run, stopAfter) {
      const work = await studio.engine.continue(run, stopAfter ? { stopAfter } : {})
      return work.ended
    },
    stateOf: async (run) => (await studio.engine.open(run)).state,
    async outputOf<Id extends StepId>(run: string, step: Id) {
      return (await studio.engine.open(run)).state.steps[step].output as OutputOf<Id>
    },
    async incident(incident) {
      onTestFinished(async () => void (await askPractice(await origin(), folder, 'DELETE', 'faults')))
      await askPractice(await origin(), folder, 'POST', 'faults', incident)
    },
    clear: async () => void (await askPractice(await origin(), folder, 'DELETE', 'faults')),
    stats: async () => (await askPractice(await origin(), folder, 'GET', 'stats')) as Stats,
    onFact: (fits, act) => void waiting.add({ fits, act }),
  }
}
