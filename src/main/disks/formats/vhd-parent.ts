import { nameIn } from '../beside'
import { clean, finding } from '../findings'
import type { Image, Layout } from './layout'
import { mergeCommands } from './merge-commands'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'

const locatorCodes = ['W2ru', 'W2ku']
const longestPath = 4096

/**
 * Opens the parent of a differencing VHD: the file in the same folder that has one of the names in the dynamic header and
 * the id that stands there. Throws Refusal `disk.differencing`.
 */
export async function openVhdParent(image: Image, header: Buffer): Promise<Layout> {
  const id = header.toString('hex', 40, 56)
  const names = [...new Set(await parentNames(image.source, header))]
  for (const name of names) {
    const found = await image.beside(name)
    if (!found) continue
    if (found.detected.footer?.uniqueId === id) {
      const layout = await found.open()
      const said = finding('disk.differencing:read', 'warn', { parent: clean(name) })
      return { ...layout, findings: [said, ...layout.findings] }
    }
    await found.drop()
  }
  const parent = clean(names[0] ?? '')
  refuse(parent ? 'disk.differencing:missing' : 'disk.differencing', parent ? { parent } : {}, mergeCommands(image))
}

async function parentNames(source: ByteSource, header: Buffer): Promise<string[]> {
  const names: string[] = []
  for (let at = 576; at < 576 + 8 * 24; at += 24) {
    const length = header.readUInt32BE(at + 8)
    const offset = Number(header.readBigUInt64BE(at + 16))
    if (!locatorCodes.includes(header.toString('latin1', at, at + 4)) || length > longestPath) continue
    if (offset + length > source.size) continue
    names.push(nameIn((await bytesAt(source, offset, length)).toString('utf16le').replace(/\0.*$/s, '')))
  }
  const inHeader = Buffer.from(header.subarray(64, 576)).swap16().toString('utf16le').replace(/\0.*$/s, '')
  return [...names, nameIn(inHeader)].filter((name) => name !== '')
}
