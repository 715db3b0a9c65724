import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from '../../src/main/log'
import { createNetwork } from '../../src/main/net/network'
import { supportBundle } from '../../src/main/support-bundle'
import type { RunSummary } from '../../src/shared/run'
import { defaultNetwork } from '../../src/shared/settings'
import { makeAuthority } from '../support/authority'

const subscription = '11111111-2222-3333-4444-555555555555'

async function bundle() {
  const folder = mkdtempSync(join(tmpdir(), 'bis-bundle-'))
  const log = openLog(join(folder, 'logs'))
  log.write('error', 'call failed', {
    url: `https://management.azure.com/subscriptions/${subscription}`,
    user: 'ole@contoso.example',
  })
  mkdirSync(join(folder, 'run-1'))
  const lines = [
    {
      ...{ v: 1, seq: 1, kind: 'run', id: 'run-1', recipe: 'from-disk', app: '0.1.0' },
      ...{ name: 'Project "Nightingale"', copyOf: { run: 'run-0', name: 'Project "Florence"' } },
    },
    { v: 1, seq: 2, kind: 'input', step: 'connect.scope', input: { subscriptionId: subscription } },
    { v: 1, seq: 3, kind: 'input', step: 'connect.cloud', input: { cloud: 'public', tenant: 'contoso.example' } },
    { v: 1, seq: 4, kind: 'done', step: 'connect.signIn', output: { tenantName: 'Contoso Gruppe' }, proof: [] },
    { v: 1, seq: 5, kind: 'renamed', name: 'Project "Nightingale" 2' },
  ]
  writeFileSync(join(folder, 'run-1', 'journal.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'))
  const { pem } = await makeAuthority('Contoso Inspection')
  const network = {
    ...defaultNetwork,
    proxy: 'manual' as const,
    url: 'http://proxy.contoso.example:8080',
    user: 'DOMAIN\\ole',
    authorities: [pem],
  }
  const run: RunSummary = {
    id: 'run-1',
    name: 'Project Nightingale',
    recipe: 'from-disk',
    cloud: 'public',
    createdAt: '2026-11-25T10:00:00Z',
    updatedAt: '2026-11-25T11:00:00Z',
    step: 'connect.scope',
    status: 'failed',
    done: 2,
    total: 18,
    scaffold: 0,
  }
  return supportBundle(
    {
      version: '0.1.0',
      at: new Date('2026-11-25T12:00:00Z'),
      language: 'de',
      hasKeyring: false,
      settings: { theme: 'dark', notify: true, closing: 'ask', network },
      network: createNetwork({ settings: () => network, password: () => Promise.resolve('hush'), environment: {} }),
      log,
      runsFolder: folder,
      runs: [run],
    },
    { home: '/home/ole', user: 'ole', computer: 'NB-1' },
  )
}

test('a support bundle holds versions, settings, network, log and the chosen journals', async () => {
  const text = await bundle()
  for (const part of [
    '"version": "0.1.0"',
    '"theme": "dark"',
    '"proxy": "manual"',
    'call failed',
    '"kind":"input"',
    '"status": "failed"',
  ]) {
    expect(text).toContain(part)
  }
})

test('a support bundle names nobody, no proxy, no subscription and no project', async () => {
  const text = await bundle()
  expect(text).not.toMatch(/ole@|DOMAIN|contoso|hush|Nightingale|Florence|BEGIN CERTIFICATE/i)
  expect(text).not.toContain(subscription)
  // The log and the journal speak of the same one.
  expect(text.match(/subscription-1/g)!.length).toBeGreaterThanOrEqual(2)
})
