import type { RunDetail } from '../../shared/contract'
import { isUnneeded } from '../../shared/needs'
import { countOf } from '../../shared/preflight'
import { planOf } from '../../shared/preflight-plan'
import { isSameData } from '../../shared/replay'
import type { StepState } from '../../shared/run'
import { percentOf } from '../../shared/progress'
import { phaseOf, recipes, type StepId } from '../../shared/terms'
import type { Sign } from '../ui/StateSign.svelte'
import { numberText, text, fill } from './text.svelte'
import { nodeStateText } from './node-state'
import { outputOf } from './outputs'
import { preflight } from './preflight.svelte'
import { runs } from './runs.svelte'
import { timeNote } from './time-left'

/** Steps whose result a person should see before going on; after every other step the next one opens by itself. */
export const restingSteps: readonly StepId[] = [
  'disk.inspect',
  'disk.upload',
  'vm.create',
  'vm.install',
  'vm.generalize',
  'image.version',
  'pool.canary',
  'finish.verify',
  'finish.cleanup',
]

export function isPractice(detail: RunDetail): boolean {
  return detail.forms['connect.cloud']['cloud'] === 'practice'
}

/** The step that runs, else the first one that is not finished; null when all are. */
export function attentionStep(detail: RunDetail): StepId | null {
  const working = detail.running?.step ?? detail.waiting
  if (working) return working
  if (detail.state.cancelled) return null
  return recipes[detail.state.recipe].find((step) => isOpen(detail.state.steps[step])) ?? null
}

/** The first step that was never finished; null when all were. */
export function undoneStep(detail: RunDetail): StepId | null {
  return recipes[detail.state.recipe].find((step) => !isOver(detail.state.steps[step])) ?? null
}

/** A finished step that was changed is to be done again. */
function isOpen(state: StepState): boolean {
  return !isOver(state) || state.edited === true
}

export function isOver(state: StepState): boolean {
  return state.status === 'done' || state.status === 'skipped'
}

/** The first step before this one that is still to be done, or null when nothing stands before it. */
export function missingStep(detail: RunDetail, step: StepId): StepId | null {
  if (detail.open.includes(step)) return null
  const order: readonly StepId[] = recipes[detail.state.recipe]
  return order.slice(0, order.indexOf(step)).find((earlier) => !isOver(detail.state.steps[earlier])) ?? null
}

/** The next step that the run cannot do without, as its forms stand. */
export function followingStep(detail: RunDetail, step: StepId): StepId | null {
  const order: readonly StepId[] = recipes[detail.state.recipe]
  return order.slice(order.indexOf(step) + 1).find((next) => !isUnneeded(next, detail.state)) ?? null
}

/** Place of a step in its phase, counted from 1. */
export function placeInPhase(detail: RunDetail, step: StepId): { n: number; total: number } {
  const siblings = recipes[detail.state.recipe].filter((other) => phaseOf(other) === phaseOf(step))
  return { n: siblings.indexOf(step) + 1, total: siblings.length }
}

/** Sign and word of a step's state, for the checklist. */
export function stateOf(detail: RunDetail, step: StepId): { sign: Sign; word: string } {
  const words = text.messages.ui.state
  const state = detail.state.steps[step]
  if (detail.running?.step === step) return { sign: 'running', word: words.running }
  switch (state.status) {
    case 'running':
      return { sign: 'running', word: words.running }
    case 'waiting':
      return { sign: 'waiting', word: text.messages.offline.queue.word }
    case 'interrupted':
      // Begun without an end, which another program will write.
      if (runs.isElsewhere) return { sign: 'running', word: words.running }
      return { sign: 'attention', word: words.interrupted }
    case 'paused':
      return { sign: 'paused', word: text.messages.runPage.paused.word }
    case 'done':
      return blocks(detail, step) ? { sign: 'failed', word: words.waitsForYou } : { sign: 'done', word: words.done }
    case 'skipped':
      return { sign: 'skipped', word: words.skipped }
    case 'failed':
      if (state.error?.code === 'generalize.unconfirmed') return { sign: 'attention', word: words.waitsForYou }
      return state.error?.code === 'cancelled'
        ? { sign: 'stopped', word: words.cancelled }
        : { sign: 'failed', word: words.failed }
    case 'todo':
      return attentionStep(detail) === step
        ? { sign: 'next', word: words.next }
        : { sign: 'empty', word: detail.open.includes(step) ? words.todo : words.locked }
  }
}

/** The short remark at the right of a checklist line: what was chosen, found, or how far it is. */
export function noteOf(detail: RunDetail, step: StepId): string {
  const notes = text.messages.ui.checklist.notes
  const percent = runningPercent(detail, step)
  if (percent !== null) return fill(text.messages.ui.common.percent, { percent })
  if (detail.state.steps[step].status === 'interrupted') return runs.isElsewhere ? '' : notes.goOn
  if (detail.waiting === step) return text.messages.offline.queue.note
  if (detail.state.steps[step].status === 'paused') return pausedNote(detail, step)
  if (step === 'disk.inspect' && detail.state.steps[step].status === 'failed') return refusedNote(detail)
  if (!isOver(detail.state.steps[step])) return aheadNote(detail, step)
  switch (step) {
    case 'connect.cloud':
      return detail.state.steps[step].status === 'done' && isPractice(detail) ? notes.practice : ''
    case 'connect.scope':
      return outputOf(detail, step)?.region ?? ''
    case 'prepare.preflight':
      return preflightNote(detail)
    case 'prepare.account':
    case 'prepare.storage':
      return outputOf(detail, step)?.name ?? ''
    case 'disk.inspect':
      return inspectNote(detail)
    case 'image.version':
      return outputOf(detail, step)?.version ?? ''
    case 'pool.canary':
      return nodeStateText(outputOf(detail, step)?.state ?? '')
    case 'vm.plan':
      return outputOf(detail, step)?.image.offer ?? ''
    case 'vm.create':
      return outputOf(detail, step)?.name ?? ''
    case 'vm.install':
      return installNote(detail)
    case 'vm.restore': {
      const times = outputOf(detail, step)?.times
      return times ? fill(text.messages.forms['vm.restore'].note, { n: times }) : ''
    }
    case 'vm.snapshot':
    case 'vm.generalize':
    case 'vm.deallocate':
    case 'vm.mark':
    case 'decide.image':
    case 'connect.signIn':
    case 'disk.choose':
    case 'disk.upload':
    case 'image.gallery':
    case 'image.definition':
    case 'pool.create':
    case 'finish.verify':
    case 'finish.cleanup':
    case 'finish.report':
      return ''
  }
}

/** How far the running step is, in whole percent; null while nobody can tell. */
export function runningPercent(detail: RunDetail, step: StepId): number | null {
  return percentOf(detail.running?.step === step ? detail.running.progress : null) ?? null
}

function pausedNote(detail: RunDetail, step: StepId): string {
  const { percent } = detail.state.steps[step]
  return percent === undefined ? '' : fill(text.messages.ui.common.percent, { percent })
}

export function countText(done: number, total: number): string {
  return fill(text.messages.ui.checklist.progress, { done: numberText(done), total: numberText(total) })
}

function blocks(detail: RunDetail, step: StepId): boolean {
  if (step !== 'disk.inspect') return false
  const verdict = outputOf(detail, 'disk.inspect')?.verdict
  return verdict === 'block' || verdict === 'unreadable'
}

/** What the preflight sees is worth knowing before anybody goes on; of other steps only their length is known. */
function aheadNote(detail: RunDetail, step: StepId): string {
  return (step === 'prepare.preflight' && preflightNote(detail)) || timeNote(detail, step)
}

function preflightNote(detail: RunDetail): string {
  const words = text.messages.preflight
  const look = preflight.lookOf(detail.state.id) ?? outputOf(detail, 'prepare.preflight')?.look
  if (!look) return ''
  // What came out later, such as the system on the disk, takes nothing from a step that is done.
  const isDone = isOver(detail.state.steps['prepare.preflight'])
  if (!isDone && !isSameData(look.plan, planOf(detail.state))) return words.noteOlder
  const toMend = countOf(look.rows, 'block')
  return toMend ? fill(words.noteMend, { n: toMend }) : fill(words.noteFine, { n: countOf(look.rows, 'ok') })
}

/** How many findings the step gave as its reason. */
function refusedNote(detail: RunDetail): string {
  const named = String(detail.state.steps['disk.inspect'].error?.params['findings'] ?? '')
  return named ? fill(text.messages.ui.checklist.notes.toFix, { n: named.split(', ').length }) : ''
}

function installNote(detail: RunDetail): string {
  const parts = outputOf(detail, 'vm.install')?.parts ?? []
  const total = parts.length
  const done = parts.filter(({ status }) => status === 'done').length
  return total > 0 ? countText(done, total) : ''
}

function inspectNote(detail: RunDetail): string {
  const notes = text.messages.ui.checklist.notes
  const output = outputOf(detail, 'disk.inspect')
  if (!output) return ''
  const toFix = output.findings.filter((finding) => finding.severity === 'block').length
  const toLook = output.findings.filter((finding) => finding.severity === 'warn').length
  if (toFix) return fill(notes.toFix, { n: toFix })
  return toLook ? fill(notes.toLook, { n: toLook }) : notes.fine
}
