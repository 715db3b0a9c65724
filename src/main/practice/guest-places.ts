import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { copyGuestFolder, GuestDisk } from './guest-disk'
import { distributionOf } from './guest-distributions'
import { linuxBase } from './guest-linux-base'
import { windowsBase } from './guest-windows-base'
import type { GuestImage, GuestSetup } from './guests'
import { writeWhole } from './store'

/** What is kept beside the changes of a disk. */
export type PlaceFacts = { place: string; image: GuestImage; setup: KeptSetup; sizeGib: number }
export type KeptSetup = Omit<GuestSetup, 'adminPassword'> & { passwordHash: string | null }

export type Place = { facts: PlaceFacts; disk: GuestDisk }

/** The systems of all places: a folder for each, opened when it is needed. */
export type Places = {
  install(place: string, image: GuestImage, setup: GuestSetup): void
  has(place: string): boolean
  /** Null where no system lies. */
  open(place: string): Place | null
  copy(from: string, to: string): void
  remove(place: string): void
  resize(place: string, sizeGib: number): void
  close(): void
}

const gibibyte = 1024 ** 3
const usualSizeGib = { Linux: 30, Windows: 127 }
const baseBytes = { Linux: 2.1 * gibibyte, Windows: 17.4 * gibibyte }

/** Opens the folder that holds them. `isFull` tells of an incident. */
export function openPlaces(folder: string, now: () => number, isFull: (place: string) => boolean): Places {
  const opened = new Map<string, Place>()
  const folderOf = (place: string) => join(folder, nameOf(place))
  const factsFile = (place: string) => join(folderOf(place), 'guest.json')
  const write = (facts: PlaceFacts) => writeWhole(factsFile(facts.place), JSON.stringify(facts))

  function shut(place: string): void {
    opened.get(nameOf(place))?.disk.close()
    opened.delete(nameOf(place))
  }

  return {
    install(place, image, { adminPassword, ...setup }) {
      shut(place)
      rmSync(folderOf(place), { recursive: true, force: true })
      mkdirSync(folderOf(place), { recursive: true, mode: 0o700 })
      const passwordHash = adminPassword === null ? null : hashPassword(adminPassword)
      write({ place, image, setup: { ...setup, passwordHash }, sizeGib: usualSizeGib[image.osType] })
    },
    has: (place) => existsSync(factsFile(place)),
    open(place) {
      const known = opened.get(nameOf(place))
      if (known) return known
      if (!existsSync(factsFile(place))) return null
      const facts = JSON.parse(readFileSync(factsFile(place), 'utf8')) as PlaceFacts
      const isWindows = facts.image.osType === 'Windows'
      const disk = new GuestDisk(folderOf(place), {
        base: isWindows ? windowsBase(facts.image) : linuxBase(distributionOf(facts.image)),
        ignoreCase: isWindows,
        sizeBytes: facts.sizeGib * gibibyte,
        baseBytes: baseBytes[facts.image.osType],
        now,
        isFull: () => isFull(facts.place),
      })
      const found = { facts, disk }
      opened.set(nameOf(place), found)
      return found
    },
    copy(from, to) {
      const source = this.open(from)
      if (!source) return
      shut(to)
      copyGuestFolder(folderOf(from), folderOf(to))
      write({ ...source.facts, place: to })
    },
    remove(place) {
      shut(place)
      rmSync(folderOf(place), { recursive: true, force: true })
    },
    resize(place, sizeGib) {
      const found = this.open(place)
      if (!found || sizeGib === found.facts.sizeGib || !(sizeGib > 0)) return
      found.facts.sizeGib = sizeGib
      found.disk.sizeBytes = sizeGib * gibibyte
      write(found.facts)
    },
    close() {
      for (const { disk } of opened.values()) disk.close()
      opened.clear()
    },
  }
}

/** Name of the folder of an ARM id, in any case. */
export function nameOf(id: string): string {
  return createHash('sha256').update(id.toLowerCase()).digest('hex').slice(0, 32)
}

/** As it stands in /etc/shadow. */
export function hashPassword(password: string): string {
  const salt = randomBytes(12)
  return `$scrypt$${salt.toString('base64url')}$${scryptSync(password, salt, 32).toString('base64url')}`
}

export function isPassword(hash: string | null, password: string): boolean {
  const [, scheme, salt = '', wanted = ''] = (hash ?? '').split('$')
  if (scheme !== 'scrypt') return false
  const given = scryptSync(password, Buffer.from(salt, 'base64url'), 32)
  return timingSafeEqual(given, Buffer.from(wanted, 'base64url'))
}
