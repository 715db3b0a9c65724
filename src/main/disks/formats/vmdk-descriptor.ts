import { clean } from '../findings'
import type { Image } from './layout'
import { quoted } from '../quoted'
import { refuse } from '../refusal'

const longest = 64 * 1024
const longestLine = 1024
const mostParts = 256

export type VmdkPart = { kind: 'flat' | 'sparse' | 'zero'; sectors: number; name: string; startSector: number }

/**
 * The parts of a VMDK from the text that describes it. VMware, "Virtual Disk Format 5.0". Throws Refusal: a snapshot by the name
 * of its base, kinds of parts that only ESX reads, damaged text.
 */
export function vmdkParts(text: string, image: Image): VmdkPart[] {
  if (text.length > longest) refuse('disk.corrupt', { format: 'vmdk' })
  // A line without end would keep the patterns below busy.
  const lines = text.split(/[\r\n\0]+/).map((line) => line.slice(0, longestLine).trim())
  const value = (key: string) => {
    const line = lines.find((one) => one.toLowerCase().startsWith(key.toLowerCase()))
    return /=\s*"?([^"]*)"?\s*$/.exec(line ?? '')?.[1]
  }
  if ((value('parentCID') ?? 'ffffffff').toLowerCase() !== 'ffffffff') {
    refuse('disk.differencing:snapshot', { parent: clean(value('parentFileNameHint') ?? '?') })
  }
  const parts = lines.flatMap((line) => {
    const found = /^(?:RW|RDONLY|NOACCESS)\s+(\d+)\s+(\w+)(?:\s+"([^"]*)"(?:\s+(\d+))?)?/i.exec(line)
    return found ? [partOf(found, image)] : []
  })
  const isWhole = parts.length > 0 && parts.length <= mostParts
  if (!isWhole || parts.some(({ sectors, startSector }) => !Number.isSafeInteger((sectors + startSector) * 512))) {
    refuse('disk.corrupt', { format: 'vmdk' })
  }
  return parts
}

function partOf([, sectors, kind = '', name = '', start]: RegExpExecArray, image: Image): VmdkPart {
  const kinds: Record<string, VmdkPart['kind']> = { FLAT: 'flat', VMFS: 'flat', SPARSE: 'sparse', ZERO: 'zero' }
  const known = kinds[kind.toUpperCase()]
  if (!known) {
    const text = `qemu-img convert -f vmdk -O vhdx ${quoted(image.source.file ?? '')} disk.vhdx`
    refuse('disk.format.unsupported:other', { kind: `VMDK ${clean(kind)}` }, [{ on: 'here', text }])
  }
  return { kind: known, sectors: Number(sectors), name, startSector: Number(start ?? 0) }
}
