import { describe, expect, it } from 'vitest'
import { reportPage } from '../../src/main/report'
import { replay } from '../../src/shared/replay'
import type { Fact, JournalEntry } from '../../src/shared/run'

const hostile = '</style><script>alert("1")</script><img src=x onerror=\'alert(1)\'>&'
const facts: Fact[] = [
  { kind: 'run', id: 'r-1', recipe: 'from-disk', name: hostile, app: '1' },
  { kind: 'started', step: 'image.gallery', attempt: 1 },
  { kind: 'making', step: 'image.gallery', resource: { id: `/subscriptions/${hostile}`, what: 'gallery', keep: true } },
  {
    kind: 'done',
    step: 'image.gallery',
    output: { id: hostile, name: hostile, resourceGroup: 'g', region: 'r' },
    proof: [{ at: '2026-11-23T08:00:00Z', method: 'PUT', target: hostile, status: 201, requestId: 'request-42' }],
  },
  { kind: 'started', step: 'pool.create', attempt: 1 },
  {
    kind: 'failed',
    step: 'pool.create',
    error: { code: 'quota.cores', params: {}, details: { message: hostile, requestId: 'request-43' } },
  },
  { kind: 'skipped', step: 'finish.cleanup', reason: hostile },
]
const state = replay(
  facts.map((fact, at): JournalEntry => ({ v: 1, seq: at + 1, at: '2026-11-23T07:00:00.000Z', ...fact })),
)
const page = (language: 'en' | 'de') =>
  reportPage(state, { language, app: '0.1.0', at: new Date('2026-11-23T09:00:00Z') })

describe('the report', () => {
  it('takes nothing that came from outside as markup', () => {
    expect(page('en')).not.toContain('<script')
    expect(page('en')).not.toContain('<img')
    expect(page('en')).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
  })

  it('forbids itself scripts and anything from elsewhere', () => {
    expect(page('en')).toMatch(/Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^"]+'"/)
    expect(page('en')).not.toMatch(/<[^<>]*\b(src|href)=/)
  })

  it('shows evidence, times, ids, states and the items of the article', () => {
    const text = page('en')
    for (const shown of ['request-42', 'request-43', '2026-11-23 08:00:00', 'S46', 'quota', 'skipped']) {
      expect(text).toContain(shown)
    }
  })

  it('speaks both languages', () => {
    expect(page('de')).toContain('<html lang="de">')
    expect(page('de')).toContain('Anfragen, die etwas geändert haben')
    expect(page('de')).not.toContain('Requests that changed something')
  })
})
