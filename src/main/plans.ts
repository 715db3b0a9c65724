import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stringify } from 'yaml'
import { AppError } from '../shared/errors'
import type { PlanView } from '../shared/contract'
import { forms, type Inputs } from '../shared/forms/forms'
import type { Part } from '../shared/parts'
import type { RunState } from '../shared/run'
import { recipes } from '../shared/terms'
import type { Engine } from './engine/engine'
import { asDiskFull, unwritable } from './engine/files'
import { loadPlan, parsePlan, type Concern, type Plan, type PlanInputs } from './plan'

/** Plans that a person opened by the system's dialog: the window sees what they would do, main keeps what they say. */
export type Plans = {
  /** Reads a plan and shows it; nothing is made. Throws as `loadPlan`. */
  open(file: string): Promise<PlanView>
  /** Makes the run that a plan shown by `open` describes. Throws `contract.refused` for any other. */
  create(id: string, name: string): Promise<string>
  /** Writes what was typed in a run as a plan; returns the name of the file. Throws `disk-full`, `state.unwritable`. */
  save(run: string, file: string): Promise<string>
}

export function createPlans(engine: Pick<Engine<never>, 'create' | 'setInput' | 'open'>): Plans {
  const opened = new Map<string, Plan>()
  let shown = 0

  return {
    async open(file) {
      const plan = await loadPlan(file)
      const id = `plan-${++shown}`
      opened.set(id, plan)
      return { id, ...viewOf(plan, file) }
    },
    async create(id, name) {
      const plan = opened.get(id)
      if (!plan) throw new AppError('contract.refused', { name: 'plan' })
      const run = await engine.create({ recipe: plan.recipe, name })
      for (const step of recipes[plan.recipe]) {
        const input = plan.inputs[step]
        if (input) await engine.setInput(run, step, input)
      }
      opened.delete(id)
      return run
    },
    async save(run, file) {
      const { state } = await engine.open(run)
      const text = stringify(planOf(state, path.dirname(file)))
      // What cannot be opened again would be no plan.
      parsePlan(text, file)
      await writeFile(file, text, { mode: 0o600 }).catch((error: unknown) => {
        throw asDiskFull(error) ?? unwritable(path.dirname(file), error)
      })
      return path.basename(file)
    },
  }
}

/** What was typed in a run, as a plan. A disk below `folder` is named relative to it. No form holds a secret. */
export function planOf(
  state: RunState,
  folder: string,
): { schema: 1; recipe: Plan['recipe']; name: string; inputs: PlanInputs } {
  const inputs: PlanInputs = {}
  for (const step of recipes[state.recipe]) {
    const typed = sound(step, state.steps[step].typed ?? {})
    if (Object.keys(typed).length > 0) inputs[step] = typed
  }
  const file = inputs['disk.choose']?.['file']
  if (typeof file === 'string') inputs['disk.choose'] = { file: shortest(file, folder) }
  const install = inputs['vm.install'] as Partial<Inputs['vm.install']> | undefined
  if (install?.parts)
    inputs['vm.install'] = { ...install, parts: install.parts.map((one) => withShortNames(one, folder)) }
  return { schema: 1, recipe: state.recipe, name: state.name, inputs }
}

/** Drafts may hold what is not complete; a plan holds what is right. */
function sound(step: keyof typeof forms, typed: Record<string, unknown>): Record<string, unknown> {
  const { shape } = forms[step] as unknown as {
    shape: Record<string, { safeParse(value: unknown): { success: boolean } }>
  }
  return Object.fromEntries(
    Object.entries(typed).filter(
      ([field, value]) => Object.hasOwn(shape, field) && shape[field]!.safeParse(value).success,
    ),
  )
}

function shortest(file: string, folder: string): string {
  const relative = path.relative(folder, file)
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative
}

/** A part whose files below the folder are named relative to it. */
export function withShortNames(part: Part, folder: string): Part {
  return { ...part, files: part.files.map(({ from, to }) => ({ from: shortest(from, folder), to })) }
}

function viewOf(plan: Plan & { concerns: Concern[] }, file: string): Omit<PlanView, 'id'> {
  const values = recipes[plan.recipe].flatMap((step) =>
    Object.entries(plan.inputs[step] ?? {}).map(([field, value]) => ({
      step,
      field,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
  )
  return {
    file: path.basename(file),
    name: plan.name ?? path.parse(file).name.slice(0, 80),
    recipe: plan.recipe,
    concerns: plan.concerns,
    values,
  }
}
