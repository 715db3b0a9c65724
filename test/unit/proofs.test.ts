import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../src/main/net/seam'
import { createProofs } from '../../src/main/proofs'

function exchange(method: string, target: string, requestId = 'id', status = 200): Exchange {
  return { at: '2026-11-23T08:00:00Z', method, target, host: 'management.azure.com', status, requestId, ms: 1 }
}

describe('the evidence of a step', () => {
  it('is every answered request that changed something', () => {
    const proofs = createProofs()
    proofs.add('run', exchange('PUT', '/a'))
    proofs.add('run', exchange('GET', '/a'))
    proofs.add('run', exchange('POST', '/tenant/oauth2/v2.0/token'))
    proofs.add('run', exchange('POST', '/subscriptions/s/providers/Microsoft.Batch/locations/l/checkNameAvailability'))
    proofs.add('run', exchange('DELETE', '/b'))
    proofs.add('run', exchange('PUT', '/unanswered', '', 0))
    expect(proofs.take('run').map(({ method, target }) => `${method} ${target}`)).toEqual(['PUT /a', 'DELETE /b'])
  })

  it('keeps the first and the last of many equal requests', () => {
    const proofs = createProofs()
    for (let page = 1; page <= 1000; page++) proofs.add('run', exchange('PUT', '/blob', `request-${page}`, 201))
    expect(proofs.take('run').map(({ requestId }) => requestId)).toEqual(['request-1', 'request-1000'])
  })

  it('belongs to one run and is taken once', () => {
    const proofs = createProofs()
    proofs.add('one', exchange('PUT', '/a'))
    expect(proofs.take('other')).toEqual([])
    expect(proofs.take('one')).toHaveLength(1)
    expect(proofs.take('one')).toEqual([])
  })
})
