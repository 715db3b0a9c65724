import { randomBytes } from 'node:crypto'
import type { GuestDisk } from './guest-disk'
import type { Distribution } from './guest-distributions'
import type { Program, User } from './guest-process'
import type { GuestMachine } from './guests'

/** What a running Linux guest reaches for outside of its disk. */
export type LinuxOptions = {
  disk: GuestDisk
  distribution: Distribution
  machine: GuestMachine
  /** Virtual time. */
  now: () => number
  /** Virtual milliseconds, in real time as the clock runs; ends early with the signal. */
  pause: (virtualMs: number, signal: AbortSignal) => Promise<void>
  programs: ReadonlyMap<string, Program>
  words: ReadonlySet<string>
  power: (how: 'reboot' | 'power-off') => void
  /** Text for the serial console. */
  serial: (text: string) => void
}

/** A running Linux system: what its programs share. All that lasts is in the files of its disk. */
export class LinuxSystem {
  readonly disk: GuestDisk
  readonly distribution: Distribution
  readonly machine: GuestMachine
  readonly programs: ReadonlyMap<string, Program>
  readonly programNames: ReadonlySet<string>
  readonly wordNames: ReadonlySet<string>
  readonly bootedAtMs: number
  /** What writes to each terminal that is open. */
  readonly terminals = new Set<(text: string) => void>()
  readonly #options: LinuxOptions
  #pid = 1400

  constructor(options: LinuxOptions, bootedAtMs: number) {
    this.#options = options
    this.disk = options.disk
    this.distribution = options.distribution
    this.machine = options.machine
    this.programs = options.programs
    this.programNames = new Set(options.programs.keys())
    this.wordNames = options.words
    this.bootedAtMs = bootedAtMs
  }

  now(): number {
    return this.#options.now()
  }

  pause(virtualMs: number, signal: AbortSignal): Promise<void> {
    return this.#options.pause(virtualMs, signal)
  }

  power(how: 'reboot' | 'power-off'): void {
    this.#options.power(how)
  }

  console(text: string): void {
    this.#options.serial(text)
  }

  /** Tells all terminals, as systemd does before it goes down: what `sudo reboot` prints on Ubuntu 24.04. */
  broadcast(text: string): void {
    const at = `${new Date(this.now()).toUTCString().slice(0, 3)} ${isoTime(this.now())} UTC`
    const head = `Broadcast message from root@${this.hostname} on pts/${this.terminals.size} (${at}):`
    for (const write of this.terminals) write(`\u0007\n${head}\n\n${text}\n\n`)
  }

  nextPid(): number {
    return this.#pid++
  }

  get hostname(): string {
    return this.disk.readText('/etc/hostname')?.trim() ?? 'localhost'
  }

  /** Users of /etc/passwd, in its order. */
  users(): User[] {
    const memberships = rows(this.disk, '/etc/group').map(([name = '', , id = '', members = '']) => ({
      name,
      gid: Number(id),
      members: members.split(','),
    }))
    return rows(this.disk, '/etc/passwd').map(([name = '', , uid = '', gid = '', , home = '', shell = '']) => ({
      name,
      uid: Number(uid),
      gid: Number(gid),
      home,
      shell,
      groups: memberships.filter(({ members }) => members.includes(name)).map((one) => one.gid),
    }))
  }

  user(name: string): User | null {
    return this.users().find((user) => user.name === name) ?? null
  }

  root(): User {
    return this.user('root') ?? { name: 'root', uid: 0, gid: 0, groups: [], home: '/root', shell: '/bin/bash' }
  }

  groupName(gid: number): string {
    return rows(this.disk, '/etc/group').find(([, , id]) => Number(id) === gid)?.[0] ?? String(gid)
  }

  userName(uid: number): string {
    return this.users().find((user) => user.uid === uid)?.name ?? String(uid)
  }

  /** Hash of a user's password as /etc/shadow holds it; null when there is none that can be used. */
  shadow(name: string): string | null {
    const hash = rows(this.disk, '/etc/shadow').find(([one]) => one === name)?.[1] ?? ''
    return hash.startsWith('$') ? hash : null
  }

  /** Adds a user with home folder and group, as useradd -m does. */
  addUser(name: string, options: { uid?: number; shell?: string; groups?: string[]; hash?: string } = {}): User {
    const uid =
      options.uid ??
      Math.max(
        999,
        ...this.users()
          .filter((one) => one.uid < 60_000)
          .map((one) => one.uid),
      ) + 1
    const home = `/home/${name}`
    const shell = options.shell ?? '/bin/bash'
    this.editLines('/etc/passwd', (lines) => [...lines, `${name}:x:${uid}:${uid}:${name}:${home}:${shell}`])
    const joins = new Set(options.groups ?? [])
    this.editLines('/etc/group', (lines) => [
      ...lines.map((line) => {
        const members = line.split(':')[3] ?? ''
        return joins.has(line.split(':')[0] ?? '') ? `${line}${members === '' ? '' : ','}${name}` : line
      }),
      `${name}:x:${uid}:`,
    ])
    this.editLines('/etc/shadow', (lines) => [...lines, `${name}:${options.hash ?? '!'}:20362:0:99999:7:::`])
    this.#makeHome(home, uid)
    const user = this.user(name)
    if (!user) throw new Error(`user ${name} was not made`)
    return user
  }

  /** Takes a user away, with the home folder if wanted. */
  removeUser(name: string, withHome: boolean): void {
    const home = this.user(name)?.home
    for (const file of ['/etc/passwd', '/etc/shadow', '/etc/group'])
      this.editLines(file, (lines) =>
        lines.filter((line) => line.split(':')[0] !== name).map((line) => withoutMember(line, name)),
      )
    if (withHome && home && this.disk.tree.find(home)) this.disk.remove(home)
  }

  editLines(path: string, edit: (lines: string[]) => string[]): void {
    const lines = (this.disk.readText(path) ?? '').split('\n').filter((line) => line !== '')
    this.writeRoot(path, `${edit(lines).join('\n')}\n`)
  }

  /** Writes a file as root, making folders on the way. */
  writeRoot(path: string, text: string, mode = 0o644): void {
    this.makeFolders(path.slice(0, path.lastIndexOf('/')))
    this.disk.write(path, Buffer.from(text), { mode, uid: 0, gid: 0, mtimeMs: this.disk.now() })
  }

  makeFolders(path: string, mode = 0o755): void {
    let at = ''
    for (const name of path.split('/').filter((one) => one !== '')) {
      at += `/${name}`
      if (!this.disk.tree.find(at)) this.disk.makeFolder(at, { mode, uid: 0, gid: 0, mtimeMs: this.disk.now() })
    }
  }

  /** Removes what is there; nothing happens otherwise. */
  removeIfThere(path: string): void {
    if (this.disk.tree.find(path, false)) this.disk.remove(path)
  }

  /** Removes everything in a folder but not the folder. */
  emptyFolder(path: string): void {
    const folder = this.disk.tree.find(path)
    if (folder?.kind !== 'folder') return
    for (const { name } of [...folder.entries.values()]) this.disk.remove(`${path}/${name}`)
  }

  /** Appends to the system log, as rsyslog would: on a full disk the line is lost. */
  log(unit: string, text: string): void {
    const at = new Date(this.now()).toISOString()
    const line = `${at} ${this.hostname} ${unit}: ${text}\n`
    if (this.disk.freeBytes < line.length) return
    this.disk.append('/var/log/syslog', Buffer.from(line), { mode: 0o640, uid: 0, gid: 4, mtimeMs: this.disk.now() })
  }

  #makeHome(home: string, uid: number): void {
    if (this.disk.tree.find(home)) return
    const own = { uid, gid: uid, mtimeMs: this.disk.now() }
    this.makeFolders('/home')
    this.disk.makeFolder(home, { ...own, mode: 0o750 })
    const skeleton = this.disk.tree.find('/etc/skel')
    if (skeleton?.kind !== 'folder') return
    for (const file of skeleton.entries.values())
      if (file.kind === 'file') this.disk.write(`${home}/${file.name}`, this.disk.read(file), { ...own, mode: 0o644 })
  }
}

/** `2026-11-26 07:51:05` */
function isoTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** A fresh machine id: 32 hexadecimal digits. */
export function newMachineId(): string {
  return randomBytes(16).toString('hex')
}

function rows(disk: GuestDisk, path: string): string[][] {
  return (disk.readText(path) ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'))
}

function withoutMember(line: string, name: string): string {
  const parts = line.split(':')
  if (parts.length !== 4) return line
  return [
    ...parts.slice(0, 3),
    (parts[3] ?? '')
      .split(',')
      .filter((one) => one !== name)
      .join(','),
  ].join(':')
}
