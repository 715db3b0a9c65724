import { describe, expect, it } from 'vitest'
import { checkTitle, findingTexts } from '../../../src/shared/messages/finding-text'
import { articleItemOf } from '../../../src/shared/article-items'
import type { Finding, Inspection } from '../../../src/shared/outputs'
import { nodeAgentFor } from '../../../src/shared/node-agents'
import {
  architectureOf,
  changeOf,
  commandBlocks,
  countsOf,
  inOrder,
  isGenerationOpen,
  nothingSeen,
} from '../../../src/shared/xray'

const found = (id: string, severity: Finding['severity'], rest: Partial<Finding> = {}): Finding => ({
  id,
  severity,
  message: '',
  remedy: '',
  ...rest,
})
const inspection = (change: Partial<Inspection> = {}): Inspection => ({
  format: 'vhd-fixed',
  verdict: 'ok',
  virtualSize: 1024 ** 3,
  dataBytes: 1024 ** 3,
  uploadBytes: 1024 ** 3 + 512,
  partitionTable: 'gpt',
  generation: 'V2',
  os: { type: 'Linux', id: 'debian', versionId: '12' },
  generalized: true,
  encrypted: false,
  findings: [],
  ms: 20,
  ...change,
})

describe('the findings of a disk', () => {
  const findings = [found('a', 'info'), found('b', 'warn'), found('c', 'block'), found('d', 'warn')]

  it('stand in the order in which they matter, otherwise as they were found', () => {
    expect(inOrder(findings).map(({ id }) => id)).toEqual(['c', 'b', 'd', 'a'])
    expect(findings[0]!.id).toBe('a')
  })

  it('are counted beside what passed and what could not be read', () => {
    const counts = countsOf(inspection({ findings, passed: ['x', 'y', 'z'], unknown: ['u'] }))
    expect(counts).toEqual({ block: 1, warn: 2, info: 1, fine: 3, unknown: 1 })
    expect(countsOf(inspection())).toMatchObject({ fine: 0, unknown: 0 })
  })

  it('bring one block of commands per place, none for another system', () => {
    const mend = found('disk.encrypted', 'block', {
      commands: [
        { on: 'windows', text: 'manage-bde -off C:' },
        { on: 'windows', text: 'shutdown /s' },
        { on: 'linux', text: 'sudo cryptsetup reencrypt --decrypt /dev/sda2' },
        { on: 'here', text: 'qemu-img convert a b' },
      ],
    })
    expect(commandBlocks(mend, 'Windows')).toEqual([
      { on: 'windows', text: 'manage-bde -off C:\nshutdown /s' },
      { on: 'here', text: 'qemu-img convert a b' },
    ])
    expect(commandBlocks(mend, null).map(({ on }) => on)).toEqual(['windows', 'linux', 'here'])
    expect(commandBlocks(found('x', 'warn'), 'Linux')).toEqual([])
  })
})

describe('what the disk proposes', () => {
  it('leaves the generation open where it starts both ways, or no way is known', () => {
    const both = found('boot.generation', 'info', { variant: 'both' })
    expect(isGenerationOpen(inspection({ findings: [both] }))).toBe(true)
    expect(isGenerationOpen(inspection({ generation: null }))).toBe(true)
    expect(isGenerationOpen(inspection({ findings: [found('boot.generation', 'info')] }))).toBe(false)
  })

  it('knows the processors by what was found, and nothing without a system', () => {
    expect(architectureOf(inspection())).toBe('x64')
    expect(architectureOf(inspection({ findings: [found('os.arch', 'warn')] }))).toBe('Arm64')
    expect(architectureOf(inspection({ os: null }))).toBeNull()
  })

  it('names the node agent, and says where that is a guess', () => {
    expect(nodeAgentFor({ type: 'Linux', id: 'debian', versionId: '12' })).toEqual({
      name: 'batch.node.debian 12',
      isGuess: false,
    })
    expect(nodeAgentFor({ type: 'Linux', id: 'arch', versionId: null }).isGuess).toBe(true)
    expect(nodeAgentFor({ type: 'Windows', id: null, versionId: null }).isGuess).toBe(false)
  })
})

describe('a file', () => {
  const seen = { sizeBytes: 5, modifiedMs: 7, inspection: inspection(), at: '2026-11-25T20:00:00Z' }
  it('has changed when size or time differ from those that were seen', () => {
    const view = { ...nothingSeen, file: '/a.vhd', seen }
    expect(changeOf({ ...view, facts: { sizeBytes: 5, modifiedMs: 7 } })).toBe('none')
    expect(changeOf({ ...view, facts: { sizeBytes: 5, modifiedMs: 8 } })).toBe('changed')
    expect(changeOf({ ...view, facts: { sizeBytes: 6, modifiedMs: 7 } })).toBe('changed')
    expect(changeOf({ ...view, facts: null })).toBe('gone')
    expect(changeOf(nothingSeen)).toBe('none')
  })
})

describe('the words of checks', () => {
  it('say what a check makes sure of, not what it looks out for', () => {
    expect(checkTitle('linux.generalized', 'en')).toBe('Generalized')
    expect(checkTitle('linux.generalized', 'de')).toBe('Generalisiert')
    expect(checkTitle('some.newer', 'en')).toBe('some.newer')
  })

  it('exist for the id of every finding, in both languages', () => {
    const ids = [...new Set(Object.keys(findingTexts.en).map((key) => key.split(':')[0]!))]
    const nameless = ids.filter((id) => checkTitle(id, 'en') === id || checkTitle(id, 'de') === id)
    expect(nameless).toEqual([])
  })

  it('name the item of the article where it has one', () => {
    expect(articleItemOf('windows.generalized')).toBe('S12')
    expect(articleItemOf('azure.extensions')).toBe('S15')
    expect(articleItemOf('linux.swap')).toBeNull()
  })
})
