import { toErrorData, type ErrorData } from '../../shared/errors'
import { isLeaving, type Progress, type RunState } from '../../shared/run'
import { isSameResource } from '../../shared/terms'
import { toolsFor, type AttemptContext } from './attempt'
import type { CleanUp } from './step'

/**
 * Removes what this run's journal says it made: scaffold, and the products named besides, newest first. What is gone already
 * counts as removed; a refusal is listed, told to `onLeft`, and the rest goes on. A signal ends it between two things.
 */
export async function cleanUp<Env>(
  context: AttemptContext<Env>,
  alsoRemove: readonly string[],
  onLeft: (left: CleanUp['left'][number]) => Promise<void> = () => Promise.resolve(),
): Promise<CleanUp> {
  const isNamed = (id: string) => alsoRemove.some((named) => isSameResource(named, id))
  const going = context.session.state().resources.filter((resource) => isLeaving(resource) || isNamed(resource.id))
  const result: CleanUp = { removed: [], left: [] }
  for (const [index, resource] of going.toReversed().entries()) {
    const far = { done: index, total: going.length, unit: 'steps' as const, removing: resource.id }
    context.onProgress(far)
    const shown = ({ wait }: Progress) => context.onProgress({ ...far, ...(wait ? { wait } : {}) })
    const error = await removed({ ...context, onProgress: shown }, resource)
    if (context.signal.aborted && error) break
    if (!error) result.removed.push(resource.id)
    else await left({ id: resource.id, what: resource.what, error })
  }
  return result

  async function left(one: CleanUp['left'][number]): Promise<void> {
    result.left.push(one)
    await onLeft(one)
  }
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
