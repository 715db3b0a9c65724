import type { Proof } from '../shared/run'
import type { Exchange } from './net/seam'

/** More lines would hide the ones that matter. */
const keptPerStep = 40
const writes = new Set(['PUT', 'POST', 'PATCH', 'DELETE'])
/** POST requests that change nothing: tokens, questions. */
const questions = /\/(oauth2|checknameavailability|listkeys)(\/|$)/i

export type Proofs = {
  add(run: string, exchange: Exchange): void
  take(run: string): Proof[]
}

/**
 * Keeps the answered write requests of each run: the evidence in journal and report. Of many equal ones, such as the pages of a
 * blob, only the first and the last are kept.
 */
export function createProofs(): Proofs {
  const byRun = new Map<string, Proof[]>()
  return {
    add(run, exchange) {
      if (!isEvidence(exchange)) return
      const kept = byRun.get(run) ?? []
      byRun.set(run, withNext(kept, toProof(exchange)))
    },
    take(run) {
      const kept = byRun.get(run) ?? []
      byRun.delete(run)
      return kept
    },
  }
}

function withNext(kept: Proof[], next: Proof): Proof[] {
  const equal = kept.filter((proof) => isEqual(proof, next))
  if (equal.length >= 2) return [...kept.filter((proof) => proof !== equal[1]), next]
  return kept.length < keptPerStep ? [...kept, next] : kept
}

function isEvidence(exchange: Exchange): boolean {
  return writes.has(exchange.method) && !!exchange.requestId && !questions.test(exchange.target)
}

function isEqual(a: Proof, b: Proof): boolean {
  return a.method === b.method && a.target === b.target && a.status === b.status
}

function toProof({ at, method, target, status, requestId }: Exchange): Proof {
  return { at, method, target, status: status ?? 0, requestId: requestId ?? '' }
}
