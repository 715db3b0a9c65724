import { listReply, requireGroup, requireSubscription, wireOf } from './arm-parts'
import type { PracticeReply, PracticeRequest, Router } from './server'

/** The two lists of a type: all in a subscription, and those of a group. `list` answers for the resource id of either. */
export function addLists(
  router: Router,
  type: string,
  list: (request: PracticeRequest, scope: string) => PracticeReply = (request, scope) =>
    listReply(request.store.list(type, scope).map(wireOf)),
): void {
  const right = { action: `${type}/read` }
  const subscription = '/subscriptions/:subscription'
  router.route(
    'GET',
    `${subscription}/providers/${type}`,
    (request) => list(request, `/subscriptions/${requireSubscription(request).id}`),
    right,
  )
  router.route(
    'GET',
    `${subscription}/resourceGroups/:group/providers/${type}`,
    (request) => list(request, requireGroup(request).id),
    right,
  )
}
