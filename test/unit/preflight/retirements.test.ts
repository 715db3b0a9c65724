import { describe, expect, it } from 'vitest'
import type { Answers } from '../../../src/main/steps/preflight/answers'
import { retirementRows } from '../../../src/main/steps/preflight/retirements'
import { preflightText } from '../../../src/shared/messages/messages'
import type { PreflightPlan, PreflightRow } from '../../../src/shared/preflight'
import { answersWith, known, planWith, refused, said, sizes } from './plans'

function rowsOn(day: string, pool: Partial<PreflightPlan['pool']>, change: Partial<Answers> = {}): PreflightRow[] {
  const plan = planWith({ pool: { ...planWith().pool, ...pool } })
  return retirementRows(plan, answersWith(change), known, new Date(`${day}T09:00:00Z`))
}

function rowOf(rows: readonly PreflightRow[], id: string): PreflightRow {
  return rows.find((row) => row.id === id)!
}

/** Microsoft Learn: "Migrate your HC-series virtual machines by May 31, 2027". */
const hc = { vmSize: 'standard_hc44rs' }
/** Azure/Batch issue 200: support of Ubuntu 22.04 ends on 30 June 2027. */
const ubuntu22 = { nodeAgentSku: 'batch.node.ubuntu 22.04' }

describe('the VM size of a plan', () => {
  it.each([
    ['2026-06-01', 'ok endsLater'],
    ['2026-12-01', 'ok endsLater'],
    ['2026-12-03', 'warn sizeSoon'],
    ['2027-05-30', 'warn sizeSoon'],
    ['2027-05-31', 'block sizeOver'],
    ['2028-01-01', 'block sizeOver'],
  ])('on %s: %s', (day, expected) => {
    expect(said(rowsOn(day, hc), 'retirement size')).toEqual([expected])
  })

  it('says when, how long from now, and what takes its place, and leads to the form of the pool', () => {
    const row = rowOf(rowsOn('2027-05-21', hc), 'retirement size')
    expect(row).toMatchObject({ step: 'pool.create', family: 'retirements' })
    expect(preflightText(row, 'en')).toEqual({
      title: 'The VM size standard_hc44rs ends on May 31, 2027, in 10 days',
      todo: 'A pool of it works until then. Choose a size that stays: HBv5, HBv4, HX, HBv3.',
    })
    expect(preflightText(row, 'de')).toEqual({
      title: 'Die VM-Größe standard_hc44rs endet am 31.05.2027, in 10 Tagen',
      todo: 'Ein Pool damit läuft bis dahin. Wählen Sie eine Größe, die bleibt: HBv5, HBv4, HX, HBv3.',
    })
  })

  it('is judged by its family, as the region names it, where no catalog lists the size', () => {
    // Microsoft Learn, "Retired Azure VM size series": NVv3 until 30 September 2026.
    const vmSize = 'Standard_NV12s_v3'
    const size = { ...sizes[0]!, name: vmSize, family: 'StandardNVSv3Family' }
    const inRegion = { sizes: { value: [size] } }
    expect(said(rowsOn('2026-11-25', { vmSize }, inRegion), 'retirement size')).toEqual(['block sizeOver'])
    expect(said(rowsOn('2026-09-29', { vmSize }, inRegion), 'retirement size')).toEqual(['warn sizeSoon'])
  })

  it('that nobody lists is left to the quotas, which say that there is no such size', () => {
    expect(said(rowsOn('2026-11-25', { vmSize: 'Standard_NV12s_v3' }), 'retirement size')).toEqual([])
  })

  it('without an announced end is fine, and one that ends without a successor names none', () => {
    expect(said(rowsOn('2026-11-25', {}), 'retirement size')).toEqual(['ok endsNever'])
    const fsv2 = rowOf(rowsOn('2028-11-01', { vmSize: 'standard_f2s_v2' }), 'retirement size')
    expect(preflightText(fsv2, 'en').todo).toBe('A pool of it works until then. Choose a size that stays.')
  })
})

describe('the node agent of a plan', () => {
  it.each([
    ['2026-11-25', 'ok endsLater'],
    ['2027-01-15', 'warn supportSoon'],
    ['2027-06-30', 'block supportOver'],
  ])('by the catalog, on %s: %s', (day, expected) => {
    expect(said(rowsOn(day, ubuntu22), 'retirement agent')).toEqual([expected])
  })

  it('names date and replacement in both languages', () => {
    const row = rowOf(rowsOn('2027-07-01', ubuntu22), 'retirement agent')
    expect(preflightText(row, 'en')).toEqual({
      title: 'Batch has not supported batch.node.ubuntu 22.04 since Jun 30, 2027',
      todo: 'Batch makes no new pools with it. Take a newer system and its agent: batch.node.ubuntu 24.04.',
    })
    expect(preflightText(row, 'de')).toEqual({
      title: 'Batch unterstützt batch.node.ubuntu 22.04 seit dem 30.06.2027 nicht mehr',
      todo: 'Batch erstellt damit keine neuen Pools. Nehmen Sie ein neueres System und dessen Agenten: batch.node.ubuntu 24.04.',
    })
  })

  it('ends when the account says so, with the last of its images', () => {
    const images = [image('2026-12-31T00:00:00Z'), image('2027-03-31T00:00:00Z')]
    const row = rowOf(rowsOn('2026-11-25', ubuntu22, { supportedImages: { value: images } }), 'retirement agent')
    expect(row).toMatchObject({
      severity: 'warn',
      params: { on: '2027-03-31', replacement: 'batch.node.ubuntu 24.04' },
    })
  })

  it('that Batch does not offer forbids to go on; an account that does not answer leaves it to the catalog', () => {
    const others = { value: [{ ...image(null), nodeAgentSku: 'batch.node.el 9' }] }
    expect(said(rowsOn('2026-11-25', ubuntu22, { supportedImages: others }), 'retirement agent')).toEqual([
      'block agentMissing',
    ])
    expect(said(rowsOn('2026-11-25', ubuntu22, { supportedImages: refused }), 'retirement agent')).toEqual([
      'ok endsLater',
    ])
  })

  it('is changed in the form of the pool, or by another disk where the one there needs it', () => {
    const system = { distribution: 'ubuntu', version: '22.04' }
    expect(rowOf(rowsOn('2027-01-15', ubuntu22), 'retirement agent').step).toBe('pool.create')
    expect(rowOf(rowsOn('2027-01-15', { ...ubuntu22, system }), 'retirement agent').step).toBe('disk.choose')
  })
})

describe('the system on the disk', () => {
  // Azure/Batch issue 174: support of Ubuntu 20.04 ended on 23 April 2025.
  const ubuntu20 = { system: { distribution: 'ubuntu', version: '20.04' }, nodeAgentSku: 'batch.node.ubuntu 24.04' }

  it('that no agent serves any more forbids to go on and leads to another disk', () => {
    const row = rowOf(rowsOn('2026-11-25', ubuntu20), 'retirement system')
    expect(row).toMatchObject({ severity: 'block', text: 'supportOver', step: 'disk.choose' })
    expect(row.params).toMatchObject({ name: 'ubuntu 20.04', on: '2025-04-23', replacement: 'batch.node.ubuntu 24.04' })
    expect(said(rowsOn('2025-03-01', ubuntu20), 'retirement system')).toEqual(['warn supportSoon'])
  })

  it('has no row of its own where the agent says it already, or where nobody knows an agent for it', () => {
    const own = { ...ubuntu20, nodeAgentSku: 'batch.node.ubuntu 20.04' }
    expect(said(rowsOn('2026-11-25', own), 'retirement system')).toEqual([])
    const other = { ...ubuntu20, system: { distribution: 'arch', version: '1' } }
    expect(said(rowsOn('2026-11-25', other), 'retirement system')).toEqual([])
  })
})

describe('the Batch API that the app speaks', () => {
  const api = (entries: { apisBefore: string; on: string | null }[]) => {
    const retirements = entries.map((entry) => ({ ...known.retirements[0]!, replacement: null, ...entry }))
    const rows = retirementRows(planWith(), answersWith(), { ...known, retirements }, new Date('2026-11-25T09:00:00Z'))
    return said(rows, 'retirement api')
  }

  it('is not among those that Batch ends', () => {
    expect(said(rowsOn('2026-11-25', {}), 'retirement api')).toEqual(['ok apiStays'])
  })

  it('is told as soon as a newer catalog says that it ends', () => {
    expect(api([{ apisBefore: '2027-01-01', on: '2028-01-01' }])).toEqual(['ok apiLater'])
    expect(api([{ apisBefore: '2027-01-01', on: null }])).toEqual(['warn apiOpen'])
    expect(api([{ apisBefore: '2027-01-01', on: '2027-02-01' }])).toEqual(['warn apiSoon'])
    expect(api([{ apisBefore: '2027-01-01', on: '2026-11-01' }])).toEqual(['block apiOver'])
  })
})

function image(supportEndsAt: string | null) {
  return {
    nodeAgentSku: 'batch.node.ubuntu 22.04',
    publisher: 'microsoft-dsvm',
    offer: 'ubuntu-hpc',
    sku: '2204',
    osType: 'Linux' as const,
    isVerified: true,
    capabilities: [],
    supportEndsAt,
  }
}
