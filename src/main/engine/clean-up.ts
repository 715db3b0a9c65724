import { toErrorData, type ErrorData } from '../../shared/errors'
import type { RunState } from '../../shared/run'
import { isSameResource } from '../../shared/terms'
import { toolsFor, type AttemptContext } from './attempt'
import type { CleanUp } from './step'

/**
 * Removes what this run's journal says it made: scaffold, and the products named besides, newest first. What is gone already
 * counts as removed; a refusal is listed and the rest goes on.
 */
export async function cleanUp<Env>(context: AttemptContext<Env>, alsoRemove: readonly string[]): Promise<CleanUp> {
  const isNamed = (id: string) => alsoRemove.some((named) => isSameResource(named, id))
  const going = context.session.state().resources.filter(({ id, keep }) => !keep || isNamed(id))
  const result: CleanUp = { removed: [], left: [] }
  for (const [index, resource] of going.toReversed().entries()) {
    context.onProgress({ done: index, total: going.length, unit: 'steps' })
    const error = await removed(context, resource)
    if (error) result.left.push({ id: resource.id, what: resource.what, error })
    else result.removed.push(resource.id)
  }
  return result
}

async function removed<Env>(
  context: AttemptContext<Env>,
  resource: RunState['resources'][number],
): Promise<ErrorData | null> {
  const { session, steps, signal } = context
  try {
    signal.throwIfAborted()
    const undo = steps.find(({ id }) => id === resource.step)?.undo
    if (!undo) throw new Error(`${resource.step} has no way to remove it`)
    const tools = await toolsFor(context, resource.step, () => Promise.resolve())
    await undo(tools, { id: resource.id, what: resource.what, keep: resource.keep })
  } catch (error) {
    const data = toErrorData(error)
    if (data.code !== 'cloud.not-found' || data.details.status !== 404) return data
  }
  await session.append({ kind: 'gone', step: resource.step, id: resource.id })
  return null
}
