import { describe, expect, it } from 'vitest'
import { coresUsed, sizeOptions, smallestSize } from '../../src/main/azure/sizes'
import type { VmSize } from '../../src/main/azure/accounts'
import { marked, sections } from '../../src/shared/picker'
import type { Option } from '../../src/shared/contract'

const regions: Option[] = [
  { value: 'westeurope', label: 'West Europe', group: 'Europe', first: 'recent' },
  { value: 'northeurope', label: 'North Europe', group: 'Europe' },
  { value: 'eastus', label: 'East US', group: 'United States' },
  { value: 'far', label: 'Far', group: 'Asia', unfit: { why: 'region', params: {} } },
]
const shown = (typed: string) =>
  sections(regions, typed).map(({ heading, options }) => [heading, ...options.map(({ value }) => value)])

describe('the list of a picker', () => {
  it('shows what was used last first, then group by group, what does not fit last', () => {
    expect(shown('')).toEqual([
      [{ section: 'recent' }, 'westeurope'],
      [{ group: 'Europe' }, 'northeurope'],
      [{ group: 'United States' }, 'eastus'],
      [{ section: 'unfit' }, 'far'],
    ])
  })

  it.each([
    ['EAST', ['eastus']],
    ['europe north', ['northeurope']],
    ['united', ['eastus']],
    ['nowhere', []],
  ])('finds %j in name, value and group', (typed, found) => {
    expect(sections(regions, typed).flatMap(({ options }) => options.map(({ value }) => value))).toEqual(found)
  })

  it('marks every part that was typed', () => {
    expect(marked('Standard_D2s_v3', 'd2 V3')).toEqual([
      { text: 'Standard_', isMatch: false },
      { text: 'D2', isMatch: true },
      { text: 's_', isMatch: false },
      { text: 'v3', isMatch: true },
    ])
    expect(marked('aaa', '')).toEqual([{ text: 'aaa', isMatch: false }])
  })
})

// Figures: Microsoft Learn, VM size series pages.
const size = (name: string, family: string, cores: number, memoryGb: number, more: Partial<VmSize> = {}): VmSize => ({
  name,
  family,
  cores,
  memoryGb,
  localDiskGb: 0,
  generations: ['V1', 'V2'],
  architecture: 'x64',
  ...more,
})
const sizes = [
  size('Standard_D1_v2', 'standardDv2Family', 1, 3.5, { generations: ['V1'] }),
  size('Standard_F2s_v2', 'standardFSv2Family', 2, 4),
  size('Standard_D2s_v3', 'standardDSv3Family', 2, 8),
  size('Standard_D2ps_v5', 'standardDPSv5Family', 2, 8, { generations: ['V2'], architecture: 'Arm64' }),
]
const quota = {
  dedicatedCores: 40,
  spotCores: 0,
  pools: 100,
  families: { standardfsv2family: 4, standarddsv3family: 20, standarddpsv5family: 20, standarddv2family: 20 },
  isPerFamily: true,
}

describe('sizes of nodes', () => {
  it('that cost least are proposed, by generation and by what is left of the quota', () => {
    const wanted = { generation: 'V2', architecture: 'x64' } as const
    expect(smallestSize(sizes, wanted, { quota, used: {} })).toBe('Standard_F2s_v2')
    expect(smallestSize(sizes, wanted, { quota, used: { standardfsv2family: 4 } })).toBe('Standard_D2s_v3')
    expect(smallestSize(sizes, { architecture: 'Arm64' }, null)).toBe('Standard_D2ps_v5')
    expect(smallestSize([], wanted, null)).toBeNull()
  })

  it('that are proposed stay and have a temporary disk, as long as one such fits', () => {
    const small = size('Standard_A2_v2', 'standardAv2Family', 2, 4, { generations: ['V1'], localDiskGb: 20 })
    const diskless = size('Standard_D2s_v5', 'standardDSv5Family', 2, 8)
    const big = size('Standard_D4ds_v5', 'standardDDSv5Family', 4, 16, { localDiskGb: 150 })
    const wanted = { generation: 'V1', endingFamilies: new Set(['standardav2family']) } as const
    expect(smallestSize([small, diskless, big], wanted, null)).toBe('Standard_D4ds_v5')
    expect(smallestSize([small, diskless], wanted, null)).toBe('Standard_D2s_v5')
    expect(smallestSize([small], wanted, null)).toBe('Standard_A2_v2')
    expect(smallestSize([small, big], { generation: 'V1' }, null)).toBe('Standard_A2_v2')
  })

  it('that do not fit say why', () => {
    const used = coresUsed([{ vmSize: 'STANDARD_F2S_V2', dedicated: 1, targetDedicated: 2 }], sizes)
    const options = sizeOptions(sizes, { generation: 'V2', architecture: 'x64' }, { quota, used })
    expect(options.map(({ unfit }) => unfit?.why)).toEqual(['generation', 'quota', undefined, 'architecture'])
    expect(options[1]!.unfit!.params).toEqual({ left: 0, limit: 4, needed: 2 })
  })

  it('share the quota of the account where it is not enforced per family', () => {
    const shared = { quota: { ...quota, isPerFamily: false, dedicatedCores: 3 }, used: { other: 2 } }
    expect(sizeOptions(sizes, {}, shared).map(({ unfit }) => unfit?.params['left'])).toEqual([undefined, 1, 1, 1])
  })
})
