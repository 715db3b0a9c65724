import { bytesAt, type ByteSource } from '../source'
import type { GuestFiles, GuestVolume, Wanted } from './files'
import { matches } from './pattern'
import { guestFiles, type FoundEntry } from './snapshot'

/** A file system that is gone through by hand, from its root on: only what is on the way is read. */
export type WalkedVolume = {
  root: VolumeNode
  /** Not unmounted, or with a journal that still has to be replayed. */
  isDirty: boolean
  damage: Damage
  /** The case of names does not matter. */
  foldCase: boolean
}

/** Noted wherever a table, a folder or a file turns out not to be as it must be. */
export type Damage = { isFound: boolean }

export type VolumeNode = {
  kind: 'folder' | 'file' | 'link' | 'other'
  sizeBytes: number
  /** Names in a folder; none of anything else. */
  entries(): Promise<VolumeEntry[]>
  /** The bytes of a file, or the path that a link leads to. */
  content(): ByteSource
}

export type VolumeEntry = { name: string; open(): Promise<VolumeNode | null> }

type Place = { node: VolumeNode; parent: Place | null }
type Names = Map<string, { name: string; open(): Promise<VolumeNode | null> }>
type Found = { path: string; place: Place | null; linkTo?: string }

const maxLinks = 16
const maxLinkBytes = 4096
/** Far more than any check asks for: a bound for volumes that were made to keep a reader busy. */
const maxFound = 50_000
const maxOpened = 100_000

/** What the checks want of a file system that is walked by hand. */
export function walked(volume: WalkedVolume): GuestVolume {
  const names = new WeakMap<VolumeNode, Promise<Names>>()
  const fold = (name: string) => (volume.foldCase ? name.toLowerCase() : name)
  const root: Place = { node: volume.root, parent: null }
  let opened = 0

  function namesIn(folder: VolumeNode): Promise<Names> {
    const known = names.get(folder) ?? folder.entries().then((entries) => onceEach(entries, fold))
    names.set(folder, known)
    return known
  }

  async function enter(from: Place, name: string): Promise<Place | null> {
    if (from.node.kind !== 'folder' || opened >= maxOpened) return null
    opened++
    const entry = (await namesIn(from.node)).get(fold(name))
    const node = await entry?.open()
    if (entry && !node) volume.damage.isFound = true
    return node ? { node, parent: from } : null
  }

  /** Where a path leads from a place, links followed; null when it leads nowhere. */
  async function follow(from: Place, path: string, links: number): Promise<Place | null> {
    let place: Place | null = path.startsWith('/') ? root : from
    for (const name of path.split('/')) {
      if (!place) return null
      if (name === '..') place = place.parent ?? root
      else if (name !== '' && name !== '.') place = await throughLink(await enter(place, name), links)
    }
    return place
  }

  async function throughLink(place: Place | null, links: number): Promise<Place | null> {
    if (place?.node.kind !== 'link') return place
    return links < maxLinks ? follow(place.parent!, await targetOf(place.node), links + 1) : null
  }

  async function find(from: Place, parts: string[], named: string[], found: Found[]): Promise<void> {
    const [part = '', ...rest] = parts
    for (const name of await namesFor(from, part)) {
      if (found.length >= maxFound) return
      const direct = await enter(from, name)
      const place = await throughLink(direct, 0)
      const path = [...named, name]
      if (rest.length > 0) {
        if (place) await find(place, rest, path, found)
      } else if (direct) {
        found.push({
          path: path.join('/'),
          place,
          ...(direct.node.kind === 'link' && { linkTo: await targetOf(direct.node) }),
        })
      }
    }
  }

  async function namesFor(from: Place, part: string): Promise<string[]> {
    if (from.node.kind !== 'folder') return []
    const all = await namesIn(from.node)
    if (!part.includes('*')) return [all.get(fold(part))?.name ?? []].flat()
    const isNamed = matches([part])
    return [...all.values()].map(({ name }) => name).filter(isNamed)
  }

  async function files(wanted: Wanted): Promise<GuestFiles> {
    const found: Found[] = []
    for (const pattern of wanted.list) await find(root, pattern.split('/'), [], found)
    const contents = new Map<string, Uint8Array>()
    for (const { path, limitBytes } of wanted.read) {
      const ones: Found[] = []
      await find(root, path.split('/'), [], ones)
      found.push(...ones)
      for (const { path: one, place } of ones) {
        if (place?.node.kind !== 'file' || place.node.sizeBytes > limitBytes) continue
        contents.set(one, await bytesAt(place.node.content(), 0, limitBytes))
      }
    }
    const { isDirty, foldCase, damage } = volume
    return guestFiles({ entries: found.map(entryOf), contents, isDirty, isDamaged: damage.isFound, foldCase })
  }

  return {
    files,
    async content(path) {
      const place = await follow(root, path, 0)
      return place?.node.kind === 'file' ? place.node.content() : null
    },
  }
}

function onceEach(entries: VolumeEntry[], fold: (name: string) => string): Names {
  const names: Names = new Map()
  for (const { name, open } of entries) {
    let opened: Promise<VolumeNode | null> | null = null
    if (name !== '.' && name !== '..') names.set(fold(name), { name, open: () => (opened ??= open()) })
  }
  return names
}

async function targetOf(link: VolumeNode): Promise<string> {
  return (await bytesAt(link.content(), 0, maxLinkBytes)).toString('utf8')
}

function entryOf({ path, place, linkTo }: Found): FoundEntry {
  const facts = { path, isFolder: place?.node.kind === 'folder', sizeBytes: place?.node.sizeBytes ?? 0 }
  return { ...facts, ...(linkTo !== undefined && { linkTo }) }
}
