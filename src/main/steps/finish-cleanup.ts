import { toErrorData } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import { isSameResource } from '../../shared/terms'
import type { AnyStep } from '../engine/step'
import { parseForm, type Env, type RunStep, type Tools } from './tools'

/**
 * Removes what was only needed on the way, newest first, and what the person named besides. Every step removes its own things,
 * and only where the cloud's tags agree with the journal. A refusal is listed; the rest goes on.
 */
export function finishCleanup(stepsOfRecipe: () => readonly AnyStep<Env>[]): RunStep<'finish.cleanup'> {
  return {
    id: 'finish.cleanup',
    requires: ['image.version'],
    parse: (input) => parseForm('finish.cleanup', input),
    describe: () => ({ minutes: 2, cost: 'none', makes: [] }),
    check: () => Promise.resolve({ is: 'todo' }),
    async run(tools, input) {
      const removed: string[] = []
      const left: { id: string; reason: string }[] = []
      const going = toRemove(tools, input)
      for (const [index, resource] of going.entries()) {
        tools.progress({ done: index, total: going.length, unit: 'steps' })
        const undo = stepsOfRecipe().find(({ id }) => id === resource.step)?.undo
        try {
          tools.signal.throwIfAborted()
          if (!undo) throw new Error('no way to remove it')
          await undo(tools, resource)
          await tools.gone(resource.id)
          removed.push(resource.id)
        } catch (error) {
          tools.signal.throwIfAborted()
          const { code, details } = toErrorData(error)
          left.push({ id: resource.id, reason: details.message ? `${code}: ${details.message}` : code })
        }
      }
      return { removed, left }
    },
  }
}

function toRemove(tools: Tools, input: Inputs['finish.cleanup']) {
  const named = (id: string) => input.alsoRemove.some((other) => isSameResource(other, id))
  return tools
    .resources()
    .filter(({ id, keep }) => !keep || named(id))
    .toReversed()
}
