import { accountEffects, addAccountRoutes } from './batch-accounts'
import { addLocationRoutes } from './batch-locations'
import { addPoolRoutes, poolEffects } from './batch-pools'
import type { Rights } from './rbac'
import type { PracticeCloud, Router } from './server'

/** Batch accounts and pools in the management plane. */
export function addBatchRoutes(router: Router, rights: Rights): void {
  addAccountRoutes(router, rights)
  addLocationRoutes(router)
  addPoolRoutes(router, rights)
}

/** What the ends of their operations change; registered at every start. */
export function batchEffects(cloud: PracticeCloud): void {
  accountEffects(cloud)
  poolEffects(cloud)
}
