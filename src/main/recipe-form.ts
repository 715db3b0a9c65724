import { AppError } from '../shared/errors'
import type { Inputs } from '../shared/forms/forms'
import { freePartId, type Part } from '../shared/parts'
import type { Engine } from './engine/engine'

/** The parts in a run's form, as main changes them. */
export type RecipeForm = {
  parts(run: string): Promise<{ name: string; parts: Part[] }>
  /** Throws AppError `run.busy` while the recipe runs, `recipe.too-large`. */
  change(run: string, to: (parts: readonly Part[]) => Part[]): Promise<void>
  isRunning(run: string): Promise<boolean>
  /** Throws AppError `run.busy` while the recipe runs. */
  assertFree(run: string): Promise<void>
}

/** What a form may have, in characters (`contract.ts`), less what the rest of this one needs. */
const largestParts = 99_000
const mostParts = 100

export function createRecipeForm(engine: Pick<Engine<never>, 'open' | 'setInput'>): RecipeForm {
  async function isRunning(run: string): Promise<boolean> {
    return (await engine.open(run)).running?.step === 'vm.install'
  }

  async function assertFree(run: string): Promise<void> {
    if (await isRunning(run)) throw new AppError('run.busy')
  }

  return {
    async parts(run) {
      const { state, forms } = await engine.open(run)
      const { parts = [] } = forms['vm.install'] as Partial<Inputs['vm.install']>
      return { name: state.name, parts }
    },
    async change(run, to) {
      const { state, forms } = await engine.open(run)
      const { parts = [] } = forms['vm.install'] as Partial<Inputs['vm.install']>
      const changed = to(parts)
      if (changed.length > mostParts || JSON.stringify(changed).length > largestParts)
        throw new AppError('recipe.too-large')
      await engine.setInput(run, 'vm.install', { ...(state.steps['vm.install'].typed ?? {}), parts: changed })
    },
    isRunning,
    assertFree,
  }
}

/** Puts parts behind those that are there; an id that is taken gets another end. */
export function addParts(parts: readonly Part[], added: readonly Part[]): Part[] {
  return added.reduce<Part[]>(
    (all, part) => [
      ...all,
      {
        ...part,
        id: freePartId(
          part.id,
          all.map(({ id }) => id),
        ),
      },
    ],
    [...parts],
  )
}
