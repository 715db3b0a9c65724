import type { RunDetail } from '../../shared/contract'
import type { ErrorData } from '../../shared/errors'
import { isLeaving } from '../../shared/run'
import { isSameResource } from '../../shared/terms'

/** One thing that a cancelled run made, and what became of it. */
export type Removal = {
  id: string
  what: string
  state: 'gone' | 'removing' | 'waiting' | 'left' | 'kept'
  error?: ErrorData
}

/** Everything a cancelled run made, newest first, as it is removed. */
export function removalsOf({ state, removing }: RunDetail): Removal[] {
  const { cancelled, resources } = state
  if (!cancelled) return []
  const gone = cancelled.removed.map(({ id, what }): Removal => ({ id, what, state: 'gone' }))
  const there = resources.toReversed().map((resource): Removal => {
    const { id, what } = resource
    const isChosen = isLeaving(resource) || cancelled.alsoRemove.some((named) => isSameResource(named, id))
    const left = cancelled.left.find((other) => isSameResource(other.id, id))
    if (removing?.progress?.removing === id) return { id, what, state: 'removing' }
    if (left) return { id, what, state: 'left', error: left.error }
    return { id, what, state: isChosen ? 'waiting' : 'kept' }
  })
  return [...gone, ...there]
}
