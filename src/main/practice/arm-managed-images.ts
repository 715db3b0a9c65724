import { requireGroup, requireResource, wireOf } from './arm-parts'
import type { PracticeRequest, Router } from './server'

export const managedImageType = 'Microsoft.Compute/images'

/** Managed images that were there before: they can be read, and nothing here makes one. */
export function addManagedImageRoutes(router: Router): void {
  const image = `/subscriptions/:subscription/resourceGroups/:group/providers/${managedImageType}/:image`
  router.route('GET', image, getImage, { action: `${managedImageType}/read` })
}

function getImage(request: PracticeRequest) {
  const id = `${requireGroup(request).id}/providers/${managedImageType}/${request.params['image']}`
  return { status: 200, body: wireOf(requireResource(request, id, managedImageType)) }
}
