import { AppError } from '../../shared/errors'
import type { OutputOf } from '../../shared/outputs'
import { isOfDisk, partStates, type Part, type PartState } from '../../shared/parts'
import { hashOf } from './part-script'
import { runParts } from './parts'
import { connected } from './vm-connection'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

/** Software gets into the build VM: by the parts of the recipe, each kept as it ran, or by hand, as a person says. */
export const vmInstall: RunStep<'vm.install'> = {
  id: 'vm.install',
  requires: ['vm.create'],
  closing: 'waits',
  parse: (input) => parseForm('vm.install', input),
  describe: ({ parts, done }) => ({ minutes: done ? 1 : Math.max(1, 5 * parts.length), cost: 'none', makes: [] }),
  async check(tools, { parts, done }) {
    const known = knownStates(tools)
    if (done) return { is: 'done', output: { ...(await outputFrom(parts, known)), isByHand: true } }
    if (parts.every(({ skip }) => skip)) return { is: 'blocked', error: new AppError('recipe.empty').toData() }
    const output = await outputFrom(parts, known)
    const isAllDone = output.parts.every(({ id, status }) => status === 'done' || isSkipped(parts, id))
    return isAllDone ? { is: 'done', output } : { is: 'todo' }
  },
  run: (tools, { parts }) => install(tools, parts),
  resume: (tools, { parts, done }) => (done ? byHand(tools, parts) : install(tools, parts)),
  // How long a part took makes no other system.
  passesOn: ({ parts }) => parts.map(({ id, status, hash }) => ({ id, status, hash })),
}

async function byHand(tools: Tools, parts: readonly Part[]): Promise<OutputOf<'vm.install'>> {
  return { ...(await outputFrom(parts, knownStates(tools))), isByHand: true }
}

async function install(tools: Tools, parts: readonly Part[]): Promise<OutputOf<'vm.install'>> {
  const { osDiskId } = outputOf(tools, 'vm.create')
  const keep = (states: readonly PartState[]) => tools.ticket({ disk: osDiskId, parts: states }, 'now')
  const states = await runParts({ ...tools, keep }, await connected(tools), parts, knownStates(tools))
  return outputFrom(parts, states)
}

/** How parts went in this VM: what ran in an earlier one, which had another disk, did not run in this one. */
function knownStates(tools: Tools): PartState[] {
  const { ticket } = tools.history().steps['vm.install']
  return isOfDisk(ticket, outputOf(tools, 'vm.create').osDiskId) ? partStates(ticket) : []
}

async function outputFrom(parts: readonly Part[], known: readonly PartState[]): Promise<OutputOf<'vm.install'>> {
  const found = []
  for (const part of parts) {
    const state = known.find(({ id }) => id === part.id)
    const hash = part.skip ? undefined : await hashOf(part)
    const isDone = state?.status === 'done' && state.hash === hash
    found.push(
      isDone
        ? { id: part.id, name: part.name, status: 'done' as const, seconds: secondsOf(state), hash: state.hash }
        : { id: part.id, name: part.name, status: 'skipped' as const, seconds: 0 },
    )
  }
  return { parts: found }
}

function isSkipped(parts: readonly Part[], id: string): boolean {
  return parts.some((part) => part.id === id && part.skip)
}

function secondsOf({ startedAt, endedAt }: PartState): number {
  return endedAt ? Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)) : 0
}
