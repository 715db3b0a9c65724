import { basename } from 'node:path'
import type { PoolPlace } from '../shared/pool-place'
import { forms } from '../shared/forms/forms'
import type { OutputOf } from '../shared/outputs'
import type { RunState } from '../shared/run'
import type { RecipeId, StepId } from '../shared/terms'
import { makerOf } from './azure/tags'
import type { Clouds } from './clouds'
import type { Engine } from './engine/engine'
import type { KnownRun, PoolFacts } from './inventory'

/** How many runs are looked into for the accounts that signed in to them. */
const newest = 20

/** What the pools screen takes from the runs of this computer, and the run it may begin. */
export type PoolRuns = {
  /** Looks into the newest runs for clouds and accounts. */
  look(): Promise<void>
  places(): PoolPlace[]
  /** Names of the runs that made the images and pools of a reading, where they are runs of this computer. */
  known(facts: PoolFacts): Promise<ReadonlyMap<string, KnownRun>>
  begin(name: string, recipe: RecipeId, inputs: Partial<Record<StepId, Record<string, unknown>>>): Promise<string>
}

export function createPoolRuns<Env>(engine: Engine<Env>): PoolRuns {
  let places: PoolPlace[] = []

  async function stateOf(run: string): Promise<RunState | null> {
    return engine.open(run).then(
      ({ state }) => state,
      () => null,
    )
  }

  return {
    async look() {
      const list = await engine.list()
      const states = await Promise.all(list.slice(0, newest).map(({ id }) => stateOf(id)))
      places = states.flatMap((state) => (state ? placeOf(state) : []))
    },
    places: () => places,
    async known(facts) {
      const mine = new Set((await engine.list()).map(({ id }) => id))
      const states = await Promise.all([...runsIn(facts)].filter((run) => mine.has(run)).map(stateOf))
      return new Map(states.flatMap((state) => (state ? [[state.id, knownRun(state)] as const] : [])))
    },
    async begin(name, recipe, inputs) {
      const run = await engine.create({ recipe, name })
      for (const [step, input] of Object.entries(inputs)) await engine.setInput(run, step as StepId, input)
      return run
    },
  }
}

/** Every cloud with an account: those that are signed in, and those of the newest runs. Sends nothing. */
export async function knownPlaces(clouds: Pick<Clouds, 'settings'>, runs: PoolRuns): Promise<PoolPlace[]> {
  await runs.look()
  const signedIn = (await clouds.settings()).flatMap(({ cloud, accounts }) =>
    accounts.map(({ username }): PoolPlace => ({ cloud, account: username })),
  )
  const all = [...runs.places(), ...signedIn]
  const names = all.map(({ cloud, account = '' }) => `${cloud} ${account}`.toLowerCase())
  return all.filter((_place, at) => names.indexOf(names[at]!) === at)
}

/** The cloud and account of a run that someone signed in to. */
function placeOf({ steps }: RunState): PoolPlace[] {
  const form = forms['connect.cloud'].safeParse({ cloud: 'practice', ...steps['connect.cloud'].input })
  const signedIn = steps['connect.signIn'].output as OutputOf<'connect.signIn'> | undefined
  return form.success && signedIn ? [{ ...form.data, account: signedIn.username }] : []
}

function runsIn({ images, accounts }: PoolFacts): Set<string> {
  const versions = images.galleries.flatMap(({ definitions }) => definitions.flatMap((it) => it.versions))
  const pools = accounts.flatMap((it) => it.pools.value ?? [])
  const tags = [...versions.map((it) => it.tags), ...pools.flatMap((it) => [it.tags, it.metadata])]
  return new Set(tags.flatMap((it) => makerOf(it) ?? []))
}

/** Only the name of the file: where it lies is nobody's business but this computer's. */
function knownRun({ name, steps }: RunState): KnownRun {
  const { file } = steps['disk.choose'].input
  return { name, file: typeof file === 'string' ? basename(file) : null }
}
