import { setState } from './arm-parts'
import type { Operation } from './operations'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

/** When a PUT has ended the resource says how; `first` is what else is written down. */
export function endsMaking(
  cloud: PracticeCloud,
  kind: string,
  first: (made: Resource, operation: Operation) => void = () => undefined,
): void {
  cloud.operations.onEnd(kind, (operation, made) => {
    if (!made) return
    first(made, operation)
    setState(made, operation.error ? 'Failed' : 'Succeeded')
  })
}

/** When a DELETE has ended the resource is gone, or has failed and stays; `removed` gets one that is gone. */
export function endsDeleting(
  cloud: PracticeCloud,
  kind: string,
  removed: (gone: Resource) => void = () => undefined,
): void {
  cloud.operations.onEnd(kind, (operation, gone) => {
    if (!gone) return
    if (operation.error) return setState(gone, 'Failed')
    cloud.store.remove(gone.id)
    removed(gone)
  })
}
