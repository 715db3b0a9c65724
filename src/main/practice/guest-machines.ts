import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './clock'
import type { FaultKind, Faults } from './faults'
import { linuxSystem } from './guest-linux-system'
import { nameOf, openPlaces, type Place, type Places } from './guest-places'
import { pause } from './guest-process'
import { addExtensionFiles, removeExtensionFiles, reportOf } from './guest-report'
import { drawScreen } from './guest-screen'
import { windowsSystem } from './guest-windows-system'
import type { GuestSurroundings, GuestSystem } from './guest-system'
import type { GuestEvents, GuestExtension, GuestMachine, Guests, SerialLine } from './guests'
import { writeWhole, type Store } from './store'

export type GuestsOptions = {
  store: Store
  clock: Clock
  /** `fail-sysprep` says how the next generalizing of a Windows system ends. */
  faults: Faults
  events: GuestEvents
  log: (line: string) => void
}

type Running = {
  machine: GuestMachine
  place: Place
  system: GuestSystem
  bootedAtMs: number
  stopping: AbortController
  /** Resolves when the doors are open or the machine was stopped. */
  ready: Promise<void>
}

const watchEveryMs = 200

/** The insides of all machines. Everything is below `guests` in the state folder. */
export function createGuests(options: GuestsOptions): Guests {
  const { store, clock, faults, events, log } = options
  const folder = join(store.folder, 'guests')
  const places: Places = openPlaces(
    folder,
    () => clock.now(),
    (place) => faults.look('full-disk-inside', place) !== null,
  )
  const running = new Map<string, Running>()
  const serials = openSerials(join(folder, 'machines'), () => clock.now())
  const stops = new Set<Promise<void>>()

  function begin(machine: GuestMachine, isFresh: boolean): void {
    const place = places.open(machine.disk)
    if (!place) return
    places.resize(machine.disk, machine.osDiskGib)
    const bootedAtMs = isFresh ? clock.now() : (serials.bootedAtMs(machine.id) ?? clock.now())
    if (isFresh) serials.booted(machine.id, bootedAtMs)
    const stopping = new AbortController()
    const surroundings: GuestSurroundings = {
      now: () => clock.now(),
      pause: (virtualMs, signal) => pause(realMs(clock, virtualMs), signal),
      serial: (text) => serials.write(machine.id, text),
      power: (how) => setImmediate(() => (how === 'reboot' ? again(machine) : off(machine))),
      failsSysprep: () => {
        const fault = faults.take('fail-sysprep', `sysprep ${machine.id}`)
        return fault ? (fault.action ?? 'appx') : null
      },
      delayMs: () => (faults.look('slow-inside', machine.id)?.retryAfter ?? 0) * 1000,
    }
    const make = place.facts.image.osType === 'Linux' ? linuxSystem : windowsSystem
    const system = make(place, machine, surroundings, bootedAtMs)
    const ready = Promise.all([...stops])
      .then(() => system.boot(isFresh, stopping.signal))
      .catch((error: unknown) => log(`machine ${machine.name} does not start: ${String(error)}`))
    running.set(machine.id.toLowerCase(), { machine, place, system, bootedAtMs, stopping, ready })
  }

  function halt(machineId: string, how: 'shut-down' | 'cut'): void {
    const found = running.get(machineId.toLowerCase())
    if (!found) return
    running.delete(machineId.toLowerCase())
    found.stopping.abort()
    const stopped = found.ready.then(() => found.system.halt(how)).catch((error: unknown) => log(String(error)))
    stops.add(stopped)
    void stopped.finally(() => stops.delete(stopped))
  }

  function again(machine: GuestMachine): void {
    if (!running.has(machine.id.toLowerCase())) return
    halt(machine.id, 'shut-down')
    begin(machine, true)
  }

  function off(machine: GuestMachine): void {
    if (!running.has(machine.id.toLowerCase())) return
    halt(machine.id, 'shut-down')
    events.poweredOff(machine.id)
  }

  const watch = setInterval(() => sufferAll(faults, running), watchEveryMs)
  watch.unref()

  return {
    install: (place, image, setup) => settled(() => places.install(place, image, setup)),
    has: (place) => places.has(place),
    copy: (from, to) => settled(() => places.copy(from, to)),
    remove: (place) => settled(() => places.remove(place)),
    report: (place) => reportOf(places.open(place)),
    start: (machine, how) => {
      halt(machine.id, 'cut')
      begin(machine, how === 'boot')
    },
    stop: halt,
    restart(machineId) {
      const found = running.get(machineId.toLowerCase())
      if (found) again(found.machine)
    },
    forget(machineId) {
      halt(machineId, 'cut')
      serials.forget(machineId)
    },
    async connect(machineId, port) {
      await running.get(machineId.toLowerCase())?.ready
      return running.get(machineId.toLowerCase())?.system.port(port) ?? null
    },
    serialLog: (machineId) => serials.read(machineId),
    screenshot: (machineId) => drawScreen(running.get(machineId.toLowerCase())?.system.screen() ?? []),
    async run(machineId, script) {
      const found = running.get(machineId.toLowerCase())
      await found?.ready
      if (!found) throw new Error('The agent of the machine does not answer.')
      const output = await found.system.run(script)
      addExtensionFiles(found.place, runCommandOf(found.place))
      return output
    },
    addExtension: (place, extension) => settled(() => addExtensionFiles(places.open(place), extension)),
    removeExtension: (place, extension) => settled(() => removeExtensionFiles(places.open(place), extension)),
    async close() {
      clearInterval(watch)
      for (const machineId of [...running.keys()]) halt(machineId, 'cut')
      await Promise.all([...stops])
      places.close()
    },
  }
}

/** Run Command is an extension itself, and stays on the disk (Microsoft Learn, "Run scripts in your VM by using Run Command"). */
function runCommandOf({ facts }: Place): GuestExtension {
  const publisher = 'Microsoft.CPlat.Core'
  return facts.image.osType === 'Linux'
    ? { publisher, type: 'RunCommandLinux', version: '1.0.5' }
    : { publisher, type: 'RunCommandWindows', version: '1.1.18' }
}

/** Hands the incidents that are switched on to the machines that they fit. */
function sufferAll(faults: Faults, running: ReadonlyMap<string, Running>): void {
  const kinds: [FaultKind, Parameters<GuestSystem['suffer']>[0]][] = [
    ['cut-inside', 'cut'],
    ['new-host-keys', 'new-host-keys'],
    ['lose-agent', 'remove-agent'],
  ]
  if (faults.all().length === 0) return
  for (const { machine, system } of running.values())
    for (const [kind, incident] of kinds) if (faults.take(kind, machine.id)) void system.suffer(incident)
}

type Serials = {
  write(machineId: string, text: string): void
  read(machineId: string): SerialLine[]
  booted(machineId: string, atMs: number): void
  bootedAtMs(machineId: string): number | null
  forget(machineId: string): void
}

function openSerials(folder: string, now: () => number): Serials {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const known = new Map<string, SerialLine[]>()
  const file = (machineId: string, end: string) => join(folder, `${nameOf(machineId)}.${end}`)
  const read = (machineId: string) => {
    const lines = known.get(nameOf(machineId)) ?? readLines(file(machineId, 'jsonl'))
    known.set(nameOf(machineId), lines)
    return lines
  }
  return {
    read,
    write(machineId, text) {
      const lines = text
        .split('\n')
        .slice(0, -1)
        .map((line) => ({ atMs: now(), text: `${line}\n` }))
      read(machineId).push(...lines)
      appendFileSync(file(machineId, 'jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''), {
        mode: 0o600,
      })
    },
    booted: (machineId, atMs) => writeWhole(file(machineId, 'json'), JSON.stringify({ bootedAtMs: atMs })),
    bootedAtMs(machineId) {
      const [line] = readLines<{ bootedAtMs: number }>(file(machineId, 'json'))
      return line?.bootedAtMs ?? null
    },
    forget(machineId) {
      known.delete(nameOf(machineId))
      for (const end of ['json', 'jsonl']) rmSync(file(machineId, end), { force: true })
    },
  }
}

/** The whole lines of a file of JSON lines; none when it is missing. */
function readLines<T = SerialLine>(file: string): T[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as T]
    } catch {
      return []
    }
  })
}

/** How long a virtual wait takes: in jump mode hardly at all. */
function realMs(clock: Clock, virtualMs: number): number {
  const speed = clock.speed()
  return speed === 'jump' ? 1 : virtualMs / speed
}

function settled(work: () => void): Promise<void> {
  try {
    work()
    return Promise.resolve()
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }
}
