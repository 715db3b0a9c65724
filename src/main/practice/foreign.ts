import { isObject } from './arm-parts'
import type { PracticeRequest, Route } from './server'

const globalNames = /\/providers\/Microsoft\.(?:Storage\/storageAccounts|Batch\/batchAccounts)\/[^/]+$/i

/**
 * The incident `take-name`: somebody else asks for the same name a moment earlier. Names of storage and Batch accounts exist
 * once for everybody, so he has his in another group; everything else stands under the same path.
 */
export async function somebodyWasFaster(route: Route, request: PracticeRequest): Promise<void> {
  const given = isObject(request.body) ? request.body : {}
  const properties = isObject(given['properties']) ? given['properties'] : undefined
  const theirs = {
    ...given,
    tags: { owner: 'somebody' },
    ...(properties ? { properties: { ...properties, metadata: undefined } } : {}),
  }
  const isGlobal = globalNames.test(request.path)
  const params = isGlobal ? { ...request.params, group: 'practice-shared' } : request.params
  const path = isGlobal
    ? request.path.replace(/\/resourceGroups\/[^/]+/i, '/resourceGroups/practice-shared')
    : request.path
  await route.handler({ ...request, params, path, body: JSON.parse(JSON.stringify(theirs)) as unknown })
}
