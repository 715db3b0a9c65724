import { randomUUID } from 'node:crypto'
import { PsError } from './guest-powershell-values'
import type { Place } from './guest-places'
import { GuestError } from './guest-tree'
import { fresh, stateKey, type Kept, type Service } from './guest-windows-kept'
import type { Gpu } from './guests'
import { hivePath, placeOf, windowsPath } from './guest-windows-paths'

const hiddenFile = '/.windows.json'
const everybody = { mode: 0o666, uid: 0, gid: 0 }

/** A Windows system as programs see it. Changes last when `save` returns. */
export class WindowsState {
  readonly place: (text: string, cwd: string) => string = placeOf
  readonly kept: Kept
  readonly #place: Place
  readonly #now: () => number
  /** Programs that run now. */
  readonly processes = new Set<string>()
  power: (how: 'reboot' | 'power-off') => void = () => undefined
  startSysprep: (commandLine: string) => void = () => undefined
  /** Opens or closes the SSH server as its service stands now. */
  serverChanged: () => Promise<void> = () => Promise.resolve()
  /** Waits in virtual time. */
  wait: (virtualMs: number, signal: AbortSignal) => Promise<void> = () => Promise.resolve()
  bootedAtMs = 0
  gpu: Gpu | null = null

  constructor(place: Place, now: () => number) {
    this.#place = place
    this.#now = now
    const text = place.disk.readText(hiddenFile)
    this.kept = text === null ? fresh(place) : (JSON.parse(text) as Kept)
  }

  get disk() {
    return this.#place.disk
  }

  get image() {
    return this.#place.facts.image
  }

  now(): number {
    return this.#now()
  }

  get computerName(): string {
    return this.kept.computerName.toUpperCase()
  }

  save(): void {
    if (this.disk.isFull) return
    this.disk.write(hiddenFile, Buffer.from(JSON.stringify(this.kept)), {
      ...everybody,
      mode: 0o600,
      mtimeMs: this.now(),
    })
  }

  newGuid(): string {
    return randomUUID()
  }

  environment(name: string, user: string): string | null {
    const wanted = name.toLowerCase()
    const own = Object.entries(this.kept.environment).find(([one]) => one.toLowerCase() === wanted)
    if (own) return own[1]
    const profile = user === 'SYSTEM' ? 'C:\\Windows\\system32\\config\\systemprofile' : `C:\\Users\\${user}`
    const known: Record<string, string> = {
      systemroot: 'C:\\Windows',
      windir: 'C:\\Windows',
      systemdrive: 'C:',
      programdata: 'C:\\ProgramData',
      allusersprofile: 'C:\\ProgramData',
      programfiles: 'C:\\Program Files',
      'programfiles(x86)': 'C:\\Program Files (x86)',
      public: 'C:\\Users\\Public',
      userprofile: profile,
      appdata: `${profile}\\AppData\\Roaming`,
      localappdata: `${profile}\\AppData\\Local`,
      temp: user === 'SYSTEM' ? 'C:\\Windows\\Temp' : `${profile}\\AppData\\Local\\Temp`,
      tmp: 'C:\\Windows\\Temp',
      username: user === 'SYSTEM' ? `${this.computerName}$` : user,
      computername: this.computerName,
      os: 'Windows_NT',
      processor_architecture: 'AMD64',
      path: 'C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\;C:\\Windows\\System32\\OpenSSH\\',
    }
    return known[wanted] ?? null
  }

  setEnvironment(name: string, value: string): void {
    this.kept.environment[name] = value
  }

  // --- files

  text(place: string): string | null {
    const bytes = this.disk.readText(place)
    return bytes === null ? null : bytes.replace(/^\ufeff/, '')
  }

  /** @throws PsError in the words of .NET */
  requireText(place: string, shownPath: string): string {
    const text = this.text(place)
    if (text === null) throw new PsError(`Could not find file '${shownPath}'.`, 'FileNotFoundException')
    return text
  }

  isFolder(place: string): boolean {
    return this.disk.tree.find(place)?.kind === 'folder'
  }

  /** @throws PsError when the disk is full or the folder is missing */
  writeText(place: string, text: string): void {
    this.writeBytes(place, Buffer.from(text))
  }

  writeBytes(place: string, bytes: Buffer): void {
    attempt(() => this.disk.write(place, bytes, { ...everybody, mtimeMs: this.now() }), place)
  }

  makeFolders(place: string): void {
    let at = ''
    for (const name of place.split('/').filter((one) => one !== '')) {
      at += `/${name}`
      if (!this.disk.tree.find(at))
        attempt(() => this.disk.makeFolder(at, { ...everybody, mode: 0o777, mtimeMs: this.now() }), at)
    }
  }

  remove(place: string): void {
    if (this.disk.tree.find(place, false)) attempt(() => this.disk.remove(place), place)
  }

  // --- registry

  key(path: string): { name: string; values: Record<string, string | number | string[]> } | null {
    return this.kept.registry[registryKey(path)] ?? null
  }

  makeKey(path: string): void {
    const parts = hivePath(path).split('\\')
    for (let length = 1; length <= parts.length; length++) {
      const name = parts.slice(0, length).join('\\')
      this.kept.registry[name.toLowerCase()] ??= { name, values: {} }
    }
  }

  removeKey(path: string): void {
    const key = registryKey(path)
    for (const one of Object.keys(this.kept.registry))
      if (one === key || one.startsWith(`${key}\\`)) delete this.kept.registry[one]
  }

  subKeys(path: string): string[] {
    const key = `${registryKey(path)}\\`
    return Object.entries(this.kept.registry)
      .filter(([one]) => one.startsWith(key) && !one.slice(key.length).includes('\\'))
      .map(([, { name }]) => name)
  }

  registryValue(path: string, name: string): string | number | string[] | null {
    const values = this.key(path)?.values ?? {}
    return Object.entries(values).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? null
  }

  setRegistryValue(path: string, name: string, value: string | number | string[]): void {
    this.makeKey(path)
    const values = this.key(path)?.values ?? {}
    values[Object.keys(values).find((one) => one.toLowerCase() === name.toLowerCase()) ?? name] = value
  }

  get imageState(): string {
    return String(this.registryValue(stateKey, 'ImageState') ?? '')
  }

  set imageState(state: string) {
    this.setRegistryValue(stateKey, 'ImageState', state)
    this.writeText('/C:/Windows/Setup/State/State.ini', `[State]\r\nImageState=${state}\r\n`)
  }

  service(name: string): [string, Service] | null {
    return Object.entries(this.kept.services).find(([one]) => one.toLowerCase() === name.toLowerCase()) ?? null
  }
}

function attempt(work: () => void, place: string): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof GuestError)) throw error
    const path = windowsPath(place)
    if (error.code === 'ENOSPC') throw new PsError('There is not enough space on the disk.', 'WriteError')
    if (error.code === 'ENOENT') throw new PsError(`Could not find a part of the path '${path}'.`, 'ObjectNotFound')
    throw new PsError(`Access to the path '${path}' is denied.`, 'PermissionDenied')
  }
}

function registryKey(path: string): string {
  return hivePath(path).toLowerCase()
}
