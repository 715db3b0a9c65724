import { armError } from './errors'
import { parseFault, type Fault } from './faults'
import type { PracticeReply, PracticeRequest, Router } from './server'
import { createSignIns } from './sign-ins'
import { expireIssuedTokens } from './tokens'

/** What only a practice cloud has: counters for tests, incidents for learners. `cutConnections` breaks those to machines. No token needed. */
export function addIncidentRoutes(router: Router, cutConnections: () => void): void {
  const practice = { plane: 'practice' } as const
  router.route('GET', '/practice/stats', stats, practice)
  router.route(
    'GET',
    '/practice/faults',
    (request) => ({ status: 200, body: { value: request.faults.all() } }),
    practice,
  )
  router.route('POST', '/practice/faults', addFault, practice)
  router.route(
    'DELETE',
    '/practice/connections',
    () => {
      cutConnections()
      return { status: 204 }
    },
    practice,
  )
  router.route(
    'DELETE',
    '/practice/faults',
    (request) => {
      request.faults.clear()
      request.operations.release()
      return { status: 204 }
    },
    practice,
  )
}

function stats(request: PracticeRequest): PracticeReply {
  const all = Object.values(request.store.resources)
  const resourceCounts: Record<string, number> = {}
  for (const { type } of all) resourceCounts[type] = (resourceCounts[type] ?? 0) + 1
  return { status: 200, body: { ...request.stats.report(), resourceCounts, resources: all.map((one) => one.id) } }
}

function addFault(request: PracticeRequest): PracticeReply {
  let fault: Fault
  try {
    fault = parseFault(request.body)
  } catch (error) {
    throw armError(400, 'InvalidRequestContent', error instanceof Error ? error.message : 'invalid')
  }
  if (fault.kind === 'expire-tokens' && fault.count === undefined) {
    expireIssuedTokens(request.store)
    // `action: 'refresh'` ends the sessions as well: everybody has to sign in again.
    if (fault.action === 'refresh') createSignIns(request.store).refreshTokens.clear()
  }
  request.faults.add(fault)
  return { status: 201, body: fault }
}
