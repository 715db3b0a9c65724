import { toErrorData, type ErrorData } from '../../shared/errors'
import type { DoorTarget, DoorView } from '../../shared/machine-calls'
import { call } from './api'

/** What the network before a machine does with this computer, looked at anew for every other machine and port. */
export class DoorLook {
  view = $state.raw<DoorView | null>(null)
  problem = $state.raw<ErrorData | null>(null)
  isLooking = $state(false)
  #turn = 0

  async look(to: DoorTarget) {
    const turn = ++this.#turn
    this.isLooking = true
    this.problem = null
    const found = await call('door.look', { to }).then(
      (view) => ({ view, problem: null }),
      (error: unknown) => ({ view: null, problem: toErrorData(error) }),
    )
    if (turn !== this.#turn) return
    this.view = found.view
    this.problem = found.problem
    this.isLooking = false
  }
}
