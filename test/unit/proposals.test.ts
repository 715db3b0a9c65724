import { describe, expect, it } from 'vitest'
import { forms } from '../../src/shared/forms/forms'
import { proposals } from '../../src/shared/proposals'
import { replay } from '../../src/shared/replay'
import type { Fact, JournalEntry, RunState } from '../../src/shared/run'
import { stepIds } from '../../src/shared/terms'

const region = 'northeurope'
const subscriptionId = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'

function stateOf(name: string, ...facts: Fact[]): RunState {
  const all: Fact[] = [{ kind: 'run', id: '261123-074224-13da', recipe: 'from-disk', name, app: '1' }, ...facts]
  return replay(all.map((fact, at): JournalEntry => ({ v: 1, seq: at + 1, at: '2026-11-23T07:00:00.000Z', ...fact })))
}

const signedIn: Fact = {
  kind: 'done',
  step: 'connect.signIn',
  output: { username: 'a', tenantId: 't', homeAccountId: null, subscriptionId, region },
  proof: [],
}
const chosen: Fact = { kind: 'input', step: 'disk.choose', input: { file: 'C:\\Disks\\Größe Nr. 1.vhd' } }
const inspected = (output: object): Fact => ({ kind: 'done', step: 'disk.inspect', output, proof: [] })

describe('proposals', () => {
  it.each([
    'Image',
    'Übung für Größe & Maß',
    '日本語',
    '123',
    '---',
    'a'.repeat(80),
    'Two  words, and.dots.',
    'CON',
    '\u{1F600}',
  ])('for a run called %j fill every form so that Azure accepts it', (name) => {
    const state = stateOf(name, signedIn, chosen)
    const refused = stepIds.filter(
      (step) => step !== 'disk.choose' && !forms[step].safeParse(proposals(step, state)).success,
    )
    expect(refused).toEqual([])
  })

  it('give two runs of one name different names in the cloud', () => {
    const other = { ...stateOf('Image'), id: '261123-074225-99ff' }
    expect(proposals('prepare.storage', other)['name']).not.toBe(proposals('prepare.storage', stateOf('Image'))['name'])
  })

  it('follow what earlier steps hold', () => {
    const debian = inspected({ generation: 'V2', os: { type: 'Linux', id: 'debian', versionId: '12' } })
    const state = stateOf('Image', signedIn, chosen, debian)
    expect(proposals('connect.scope', state)).toMatchObject({ subscriptionId, region })
    expect(proposals('image.definition', state)).toMatchObject({ generation: 'V2', osType: 'Linux', sku: 'linux-v2' })
    expect(proposals('image.version', state)['regions']).toEqual([{ name: region, replicas: 1 }])
    expect(proposals('pool.create', state)['nodeAgentSku']).toBe('batch.node.debian 12')
    expect(proposals('disk.upload', state)['blobName']).toMatch(/^groesse-nr-1-[a-z0-9]{6}\.vhd$/)
  })

  it('take the processors from what was found in the disk', () => {
    const os = { type: 'Linux', id: 'ubuntu', versionId: '24.04' }
    const arm = inspected({ generation: 'V2', os, findings: [{ id: 'os.arch', severity: 'warn' }] })
    expect(proposals('image.definition', stateOf('Image', arm))['architecture']).toBe('Arm64')
    const intel = inspected({ generation: 'V2', os, findings: [] })
    expect(proposals('image.definition', stateOf('Image', intel))['architecture']).toBe('x64')
  })

  // Ids of the Batch team's retirement notices (github.com/Azure/Batch issues 180, 181, 200).
  it.each([
    ['Windows', null, null, 'batch.node.windows amd64'],
    ['Linux', 'ubuntu', '22.04', 'batch.node.ubuntu 22.04'],
    ['Linux', 'ubuntu', '24.04', 'batch.node.ubuntu 24.04'],
    ['Linux', 'rocky', '9.4', 'batch.node.el 9'],
    ['Linux', 'almalinux', '8.10', 'batch.node.el 8'],
    ['Linux', 'arch', null, 'batch.node.ubuntu 24.04'],
  ])('name the agent for %s %s %s', (type, id, versionId, agent) => {
    const state = stateOf('Image', inspected({ generation: 'V1', os: { type, id, versionId } }))
    expect(proposals('pool.create', state)['nodeAgentSku']).toBe(agent)
  })
})
