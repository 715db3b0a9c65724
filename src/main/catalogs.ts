import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogs, type Catalog, type CatalogName } from '../shared/catalog'
import { codeOf } from './engine/files'
import type { Log } from './log'

export type Catalogs = {
  /** The user's own file where there is a sound one, else the app's. */
  read<Name extends CatalogName>(name: Name): Promise<Catalog<Name>>
}

/** Built into the program, and loaded when first asked for. */
const bundled: Record<CatalogName, () => Promise<{ default: string }>> = {
  'vm-sizes': () => import('../../resources/catalogs/vm-sizes.json?raw'),
  regions: () => import('../../resources/catalogs/regions.json?raw'),
  'image-offers': () => import('../../resources/catalogs/image-offers.json?raw'),
  'node-agents': () => import('../../resources/catalogs/node-agents.json?raw'),
  retirements: () => import('../../resources/catalogs/retirements.json?raw'),
}

/** `folder` may hold newer files of the same names: `vm-sizes.json` and so on. One that makes no sense is told to the log and not used. */
export function createCatalogs(folder: string, log: Log): Catalogs {
  const known = new Map<CatalogName, Promise<unknown>>()

  async function load(name: CatalogName): Promise<unknown> {
    const own = await ownText(name)
    const parsed = own === null ? null : parse(name, own)
    if (parsed) return parsed
    if (own !== null) log.write('warn', 'catalog damaged, the built-in one is used', { file: `${name}.json` })
    return catalogs[name].parse(JSON.parse((await bundled[name]()).default))
  }

  async function ownText(name: CatalogName): Promise<string | null> {
    try {
      return await readFile(join(folder, `${name}.json`), 'utf8')
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') log.write('warn', 'catalog unreadable', { name, error: String(error) })
      return null
    }
  }

  return {
    read<Name extends CatalogName>(name: Name) {
      const reading = known.get(name) ?? load(name)
      known.set(name, reading)
      return reading as Promise<Catalog<Name>>
    },
  }
}

function parse(name: CatalogName, text: string): unknown {
  try {
    return catalogs[name].parse(JSON.parse(text))
  } catch {
    return null
  }
}
