import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCatalogs } from '../../src/main/catalogs'
import { vmSizes as practiceSizes } from '../../src/main/practice/sizes'
import { catalogs, isVersionOf, type Catalog, type CatalogName } from '../../src/shared/catalog'

function read<Name extends CatalogName>(name: Name): Catalog<Name> {
  const text = readFileSync(`resources/catalogs/${name}.json`, 'utf8')
  return catalogs[name].parse(JSON.parse(text)) as Catalog<Name>
}
const names = Object.keys(catalogs) as CatalogName[]
const { sizes } = read('vm-sizes')
const { agents } = read('node-agents')
const { offers } = read('image-offers')
const { retirements } = read('retirements')
const { regions } = read('regions')
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
const repeated = (all: string[]) => all.filter((one, at) => all.findIndex((other) => same(one, other)) !== at)

describe('the catalogs', () => {
  it.each(names)('%s is dated, and every entry names a document that is listed, none in vain', (name) => {
    const { date, sources, ...rest } = read(name) as { date: string; sources: Record<string, string> }
    expect(Date.parse(date)).toBeLessThanOrEqual(Date.now())
    const entries = Object.values(rest).find(Array.isArray) as { source: string }[]
    const used = new Set([
      ...entries.map(({ source }) => source),
      ...Object.values(rest).filter((it) => typeof it === 'string'),
    ])
    expect([...used].toSorted()).toEqual(Object.keys(sources).toSorted())
    expect(Object.values(sources).filter((text) => /https?:/.test(text))).toEqual([])
  })

  it('name nothing twice', () => {
    expect(repeated(sizes.map(({ name }) => name))).toEqual([])
    expect(repeated(agents.map(({ id }) => id))).toEqual([])
    expect(repeated(regions.map(({ name }) => name))).toEqual([])
    expect(repeated(offers.map(({ publisher, offer, sku }) => `${publisher} ${offer} ${sku}`))).toEqual([])
  })

  it('hold the kinds of sizes that people use with Batch', () => {
    expect(sizes.length).toBeGreaterThanOrEqual(80)
    const kinds = ['A', 'D', 'E', 'F', 'L', 'HB', 'HC', 'NC', 'NV', 'ND']
    const found = new Set(sizes.map(({ name }) => /^Standard_([A-Z]+)\d/.exec(name)![1]))
    expect(kinds.filter((kind) => !found.has(kind))).toEqual([])
    expect(sizes.some(({ architecture }) => architecture === 'Arm64')).toBe(true)
  })

  it('know more of a size than its name says wrongly: cores, local disk and Arm as Azure names them', () => {
    // Azure's naming rules: the first number is the cores (without a constraint), `p` is Arm, `d` a local disk.
    const parsed = sizes.map((size) => ({ size, parts: /^Standard_[A-Z]+(\d+)(-\d+)?([a-z]*)/.exec(size.name)! }))
    const wrongCores = parsed.filter(
      ({ size, parts }) => Number((parts[2] ?? parts[1]!).replace('-', '')) !== size.vCpus,
    )
    expect(wrongCores.map(({ size }) => size.name)).toEqual([])
    const wrongArm = parsed.filter(({ size, parts }) => parts[3]!.includes('p') !== (size.architecture === 'Arm64'))
    expect(wrongArm.map(({ size }) => size.name)).toEqual([])
    const withoutDisk = parsed.filter(({ size, parts }) => parts[3]!.includes('d') && size.temporaryGib === 0)
    expect(withoutDisk.map(({ size }) => size.name)).toEqual([])
  })

  it('boot no Arm image of generation 1: Azure has none', () => {
    const arm = sizes.filter(({ architecture }) => architecture === 'Arm64')
    expect(arm.filter(({ generations }) => generations.includes('V1'))).toEqual([])
  })

  it('agree with the practice cloud about every size that both know', () => {
    const both = practiceSizes.flatMap((mine) => {
      const theirs = sizes.find(({ name }) => same(name, mine.name))
      return theirs ? [{ mine, theirs }] : []
    })
    expect(both.length).toBeGreaterThan(5)
    for (const { mine, theirs } of both) {
      expect({ name: mine.name, cores: mine.vCpus, memory: mine.memoryGib, generations: mine.generations }).toEqual({
        name: theirs.name,
        cores: theirs.vCpus,
        memory: theirs.memoryGib,
        generations: theirs.generations.join(','),
      })
      expect(theirs.family.toLowerCase()).toBe(mine.family.toLowerCase())
    }
  })

  it('give a size the date of its family, and an agent its own', () => {
    const ofFamily = (family: string) =>
      retirements.find(({ families }) => families?.some((one) => same(one, family)))?.on
    expect(sizes.filter(({ family, retiresOn }) => ofFamily(family) !== retiresOn).map(({ name }) => name)).toEqual([])
    const ofAgent = (id: string) => retirements.find(({ agent }) => agent === id)?.on
    expect(agents.filter(({ id, endsOn }) => ofAgent(id) !== endsOn).map(({ id }) => id)).toEqual([])
  })

  it('offer images for agents that are listed, of the same system, and never longer than their agent', () => {
    for (const offer of offers) {
      const agent = agents.find(({ id }) => id === offer.agent)
      expect(agent?.os).toBe(offer.os)
      expect((offer.endsOn ?? 'never') <= (agent?.endsOn ?? 'never'), offer.sku).toBe(true)
    }
  })

  it('tell what Batch itself has ended', () => {
    const custom = retirements.find(({ what }) => what.includes('VHD'))
    expect(custom).toMatchObject({ kind: 'pool', on: '2026-03-31', replacement: 'Azure Compute Gallery' })
    expect(retirements.find(({ agent }) => agent === 'batch.node.ubuntu 22.04')?.on).toBe('2027-06-30')
  })

  it.each([
    ['9.4', '9', true],
    ['90', '9', false],
    ['22.04.3', '22.04', true],
    ['22.04', '22.04', true],
    ['22.10', '22.04', false],
  ])('version %s belongs to %s: %s', (version, named, belongs) => {
    expect(isVersionOf(version, named)).toBe(belongs)
  })
})

describe('reading a catalog', () => {
  let folder: string
  const lines: string[] = []
  const log = { folder: '', write: (_level: string, message: string) => void lines.push(message) }
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'catalogs-'))
    lines.length = 0
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('without a file of the user’s own takes the built-in one', async () => {
    expect((await createCatalogs(folder, log).read('regions')).regions).toHaveLength(regions.length)
    expect(lines).toEqual([])
  })

  it('takes the user’s own file where there is one', async () => {
    const own = { ...read('regions'), regions: regions.slice(0, 1), date: '2026-11-30' }
    writeFileSync(path.join(folder, 'regions.json'), JSON.stringify(own))
    expect(await createCatalogs(folder, log).read('regions')).toEqual(own)
  })

  it.each(['', '{', '[]', '{"date":"2026-11-30"}', '{"date":"soon","sources":{},"regions":[]}'])(
    'does not stop at a damaged file (%j), and says so in the log',
    async (text) => {
      writeFileSync(path.join(folder, 'regions.json'), text)
      expect((await createCatalogs(folder, log).read('regions')).regions).toHaveLength(regions.length)
      expect(lines).toEqual(['catalog damaged, the built-in one is used'])
    },
  )
})
