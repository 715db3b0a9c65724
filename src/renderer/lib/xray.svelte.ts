import type { Inspection } from '../../shared/outputs'
import { isGenerationOpen, isSameFile, nothingSeen, type XrayView } from '../../shared/xray'
import { call, open } from './api'
import { outputOf } from './outputs'
import { runs } from './runs.svelte'
import { shell } from './shell.svelte'
import type { StepForm } from './step-form.svelte'

/** The mirror of main's looks into disk images: one run at a time, fed while the steps of the disk are on screen. */
class Xray {
  #view = $state.raw<XrayView>(nothingSeen)
  #run = $state.raw<string | null>(null)

  /** Main looks, and tells of changes of the file, while this is on. Returns the way to stop it. */
  watch(run: string): () => void {
    if (this.#run !== run) this.#view = nothingSeen
    this.#run = run
    return open('xray', { run }, (view) => {
      if (this.#run === run) this.#view = view
    })
  }

  of(run: string): XrayView {
    return this.#run === run ? this.#view : nothingSeen
  }
}

export const xray = new Xray()

/** What is known of the inside of the disk that the form names: the latest look, else what the step saw. */
export function inspectionOf(form: Pick<StepForm, 'run' | 'detail'>): Inspection | undefined {
  const { seen } = xray.of(form.run)
  return seen?.inspection ?? outputOf(form.detail, 'disk.inspect')
}

/** What the disk alone does not tell and nobody has answered yet. */
export function openQuestions(found: Inspection, values: Record<string, unknown>): ('generation' | 'osType')[] {
  return [
    ...(isGenerationOpen(found) && found.generation === null && !values['generation'] ? (['generation'] as const) : []),
    ...(found.os === null && !values['osType'] ? (['osType'] as const) : []),
  ]
}

/** Nothing that was found lets this disk go on. */
export function isRefused({ verdict }: Inspection): boolean {
  return verdict === 'block' || verdict === 'unreadable'
}

/** Looks inside anew, and has the run take over what comes out, also where the file is another one since it was chosen. */
export async function scanAgain(form: StepForm): Promise<void> {
  const { run, detail } = form
  await form.flush()
  await shell.attempt(() => call('xray.look', { run }))
  if (detail.running || detail.waiting || detail.state.cancelled || runs.isElsewhere) return
  form.goTo('disk.inspect')
  if (!isAsChosen(form) && !(await chosenAnew(run))) return form.goTo('disk.choose')
  await form.perform('disk.inspect')
}

function isAsChosen({ run, detail }: StepForm): boolean {
  const chosen = outputOf(detail, 'disk.choose')
  const { facts, file } = xray.of(run)
  return chosen !== undefined && chosen.file === file && facts !== null && isSameFile(chosen, facts)
}

async function chosenAnew(run: string): Promise<boolean> {
  const isDone = await shell.attempt(async () => {
    const ended = runs.ended('disk.choose')
    await call('step.perform', { run, step: 'disk.choose' })
    return ended
  })
  return isDone ?? false
}
