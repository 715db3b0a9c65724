import type { ListSource } from '../shared/contract'
import type { Catalogs } from './catalogs'
import type { Entry } from './list-entry'
import type { CloudList } from './pickers'

/** What the app knows without any cloud; empty for what only a cloud can know. `cloud`: its name, or the path of its profile. */
export async function fromCatalog(
  what: CloudList,
  cloud: string,
  catalogs: Catalogs,
): Promise<{ entries: Entry[]; source: ListSource; left?: null }> {
  if (what === 'regions') return regionsOf(cloud, catalogs)
  if (what === 'vmSizes' || what === 'buildSizes') return sizesOf(catalogs)
  if (what === 'nodeAgents') return agentsOf(catalogs)
  if (what === 'marketplaceImages') return imagesOf(catalogs)
  return { entries: [], source: { from: 'none', at: null } }
}

async function regionsOf(cloud: string, catalogs: Catalogs) {
  const { date, regions } = await catalogs.read('regions')
  const own = regions.filter((region) => region.cloud === cloud)
  // A cloud from a profile, and the practice one, are named like the public one as far as anybody knows.
  const shown = own.length > 0 ? own : regions.filter((region) => region.cloud === 'public')
  const entries = shown.map(({ name, displayName, geography }) => ({
    value: name,
    label: displayName,
    group: geography,
  }))
  return { entries, source: { from: 'catalog' as const, at: date } }
}

async function sizesOf(catalogs: Catalogs) {
  const { date, sizes } = await catalogs.read('vm-sizes')
  const entries = sizes.map(({ name, family, vCpus, memoryGib, temporaryGib, generations, architecture, gpu }) => ({
    value: name,
    label: name,
    group: family,
    architecture,
    size: { cores: vCpus, memoryGb: memoryGib, localDiskGb: temporaryGib, generations },
    ...(gpu ? { detail: gpu } : {}),
  }))
  return { entries, source: { from: 'catalog' as const, at: date } }
}

async function imagesOf(catalogs: Catalogs) {
  const { date, offers } = await catalogs.read('image-offers')
  const entries = offers.map(({ publisher, offer, sku, agent, generation, endsOn }) => ({
    value: [publisher, offer, sku].join(':'),
    label: `${offer} ${sku}`,
    group: publisher,
    detail: `${agent} · ${generation}`,
    ...(endsOn ? { endsOn } : {}),
  }))
  return { entries, source: { from: 'catalog' as const, at: date } }
}

async function agentsOf(catalogs: Catalogs) {
  const { date, agents } = await catalogs.read('node-agents')
  const entries = agents.map(({ id, os, serves }) => {
    const detail = serves.map(({ distribution, version }) => `${distribution} ${version}`).join(', ')
    return { value: id, label: id, osType: os, ...(detail ? { detail } : {}) }
  })
  return { entries, source: { from: 'catalog' as const, at: date } }
}
