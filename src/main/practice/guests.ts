import type { OsType } from '../../shared/terms'
import type { Verdict } from './judge'

/**
 * What is inside build VMs. The state of a system (files, users, packages, host keys, whether it was generalized) belongs to
 * the place it lies on, never to the machine: a place is the ARM id, in any case, of a managed disk, a snapshot or an image
 * version. A machine is named by its ARM id and runs the system of one disk.
 *
 * ARM decides when machines are started and stopped; the guest reports back what happens inside (`GuestEvents`). All of
 * it is on disk before a promise resolves, so that a killed practice cloud finds it again.
 */
export type Guests = {
  /** Puts the untouched system of a Marketplace image onto a place; its first start sets it up as `setup` says. */
  install(place: string, image: GuestImage, setup: GuestSetup): Promise<void>
  /** Whether a system lies there: disks that were uploaded have none, and machines made of them stay dark. */
  has(place: string): boolean
  /** Puts a copy of the system as it is at this moment onto another place; the copy is independent from then on. */
  copy(from: string, to: string): Promise<void>
  /** Forgets the system of a place; nothing happens where there is none. */
  remove(place: string): Promise<void>
  /** What can be told of the system on a place, running or not; null where there is none. */
  report(place: string): GuestReport | null

  /**
   * Switches a machine on. `boot`: as after power on, with lines in the serial log and uptime 0; `go-on`: the practice cloud itself was
   * started again while the machine ran. Returns at once; whoever connects meanwhile waits (`connect`).
   */
  start(machine: GuestMachine, how: 'boot' | 'go-on'): void
  /** Switches a machine off and cuts its connections; `shut-down` lets the system write its last lines. */
  stop(machineId: string, how: 'shut-down' | 'cut'): void
  /** Power off and on again by ARM. The guest does reboots from inside by itself. */
  restart(machineId: string): void

  /** The machine is deleted: its serial log and its screen go, the system stays on its disk. */
  forget(machineId: string): void

  /** Port on 127.0.0.1 behind which this port of the machine is served, waiting for a boot under way; null when nobody listens on it. */
  connect(machineId: string, port: number): Promise<number | null>
  /** Serial console of the machine so far, over all its boots, oldest first. ARM shows it with a delay. */
  serialLog(machineId: string): SerialLine[]
  /** Picture of the screen as PNG: what the console shows. */
  screenshot(machineId: string): Buffer
  /**
   * Runs a script by the agent, as root or SYSTEM (Run Command). Leaves the traces that the extension of Run Command leaves.
   * @throws Error when the agent does not answer
   */
  run(machineId: string, script: string): Promise<{ stdout: string; stderr: string }>
  /** Installs or removes an extension as the agent does when ARM asks for it; stays on the disk when the agent is gone. */
  addExtension(place: string, extension: GuestExtension): Promise<void>
  removeExtension(place: string, extension: GuestExtension): Promise<void>

  /** Ends all servers and writes everything; machines count as running and are started with `go-on` next time. */
  close(): Promise<void>
}

/** What the guest does to its machine. Called outside of requests; the receiver saves the state. */
export type GuestEvents = {
  /** The system was shut down from inside (`poweroff`, `sysprep /shutdown`): the machine is stopped, but still allocated. */
  poweredOff(machineId: string): void
}

/** `version` is the exact one: `24.04.202610010`. */
export type GuestImage = { publisher: string; offer: string; sku: string; version: string; osType: OsType }

/** `osProfile` of the request that makes a machine. A guest keeps the password as a hash only. */
export type GuestSetup = {
  computerName: string
  adminUsername: string
  /** Null: signing in with a password is off (Linux). */
  adminPassword: string | null
  /** Lines of authorized_keys. */
  publicKeys: string[]
  /** `customData` as it was sent (base64); null when there was none. */
  customData: string | null
}

/** `pci`: as lspci names it; `device`: as Windows does. */
export type Gpu = { name: string; pci: string; device: string }

export type GuestMachine = {
  /** ARM id of the virtual machine. */
  id: string
  name: string
  /** ARM id of its managed OS disk: the place of its system. */
  disk: string
  region: string
  vCpus: number
  memoryGib: number
  /** 0 = the size has none. */
  temporaryMib: number
  osDiskGib: number
  gpu: Gpu | null
  privateIp: string
}

/** As it lies in `/var/lib/waagent` or `C:\Packages\Plugins`: `Microsoft.Azure.Monitor.AzureMonitorLinuxAgent` is publisher and type. */
export type GuestExtension = { publisher: string; type: string; version: string }

export type GuestReport = {
  os: NonNullable<Verdict['os']>
  computerName: string
  /** False while a machine made of this system would still be the old machine. */
  generalized: boolean
  /** Ids of what keeps a new machine from reporting, as in `Verdict`: no agent, cloud-init not reset, extensions left, answer file... */
  obstacles: string[]
  /** Null: there is none, or it does not run; ARM shows it as not ready. */
  agent: { version: string } | null
  /** Those on the disk, also of an agent that is gone. */
  extensions: GuestExtension[]
}

/** `atMs`: virtual time at which it was written. `text` ends with a line break. */
export type SerialLine = { atMs: number; text: string }
