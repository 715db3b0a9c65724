import { nameIn } from '../beside'
import { clean, finding } from '../findings'
import type { Image, Layout } from './layout'
import { mergeCommands } from './merge-commands'
import { guidAt } from '../partitions'
import { refuse, Refusal } from '../refusal'
import { readVhdxHeader } from './vhdx-header'

/**
 * Opens the parent of a differencing VHDX: the file in the same folder that has one of the names in the locator and was last
 * written as it says there. Throws Refusal `disk.differencing`.
 */
export async function openVhdxParent(image: Image, locator: Map<string, string>): Promise<Layout> {
  const paths = ['relative_path', 'absolute_win32_path', 'volume_path'].map((key) => nameIn(locator.get(key) ?? ''))
  const links = ['parent_linkage', 'parent_linkage2'].map((key) => (locator.get(key) ?? '').toLowerCase())
  const names = [...new Set(paths.filter((name) => name !== ''))]
  for (const name of names) {
    const found = await image.beside(name)
    if (!found) continue
    if (links.includes(`{${await writtenAs(found)}}`)) {
      const layout = await found.open()
      const said = finding('disk.differencing:read', 'warn', { parent: clean(name) })
      return { ...layout, findings: [said, ...layout.findings] }
    }
    await found.drop()
  }
  const parent = clean(names[0] ?? '')
  refuse(parent ? 'disk.differencing:missing' : 'disk.differencing', parent ? { parent } : {}, mergeCommands(image))
}

/** The mark that changes whenever the data of a VHDX does; null when it is none that can be read. */
async function writtenAs({ source, detected }: Image): Promise<string | null> {
  if (detected.kind !== 'vhdx') return null
  try {
    return guidAt(Buffer.from((await readVhdxHeader(source)).dataWriteGuid, 'hex'), 0)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
