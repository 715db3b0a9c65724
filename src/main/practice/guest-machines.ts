import type { Clock } from './clock'
import type { Faults } from './faults'
import type { GuestEvents, GuestImage, GuestMachine, GuestReport, Guests, GuestSetup, SerialLine } from './guests'
import type { Store } from './store'

export type GuestsOptions = {
  store: Store
  clock: Clock
  /** `fail-sysprep` says how the next generalizing of a Windows system ends. */
  faults: Faults
  events: GuestEvents
  log: (line: string) => void
}

type System = { image: GuestImage; setup: GuestSetup; report: GuestReport }
type Machine = GuestMachine & { serial: SerialLine[] }

/** Systems of the build VMs: what was installed on a place, and what is told of it. */
export function createGuests({ store, clock }: GuestsOptions): Guests {
  const systems = store.part('systems', () => ({}) as Record<string, System>)
  const machines = store.part('machines', () => ({}) as Record<string, Machine>)
  const key = (id: string) => id.toLowerCase()

  function write(machineId: string, text: string): void {
    machines[key(machineId)]?.serial.push({ atMs: clock.now(), text })
    store.touch()
  }

  return {
    install(place, image, setup) {
      systems[key(place)] = { image, setup: { ...setup, adminPassword: null }, report: untouched(image, setup) }
      store.touch()
      return Promise.resolve()
    },
    has: (place) => systems[key(place)] !== undefined,
    copy(from, to) {
      const found = systems[key(from)]
      if (found) systems[key(to)] = structuredClone(found)
      store.touch()
      return Promise.resolve()
    },
    remove(place) {
      delete systems[key(place)]
      store.touch()
      return Promise.resolve()
    },
    report: (place) => systems[key(place)]?.report ?? null,
    start(machine, how) {
      machines[key(machine.id)] = { ...machine, serial: machines[key(machine.id)]?.serial ?? [] }
      if (how === 'boot') write(machine.id, `[    0.000000] ${machine.name} is booting\n`)
    },
    stop: (machineId) => write(machineId, '[  OK  ] Reached target System Power Off.\n'),
    restart: (machineId) => write(machineId, '[  OK  ] Reached target System Reboot.\n'),
    forget(machineId) {
      delete machines[key(machineId)]
      store.touch()
    },
    connect: () => Promise.resolve(null),
    serialLog: (machineId) => machines[key(machineId)]?.serial ?? [],
    screenshot: () => blackPixel,
    run: () => Promise.reject(new Error('The agent of the machine does not answer.')),
    addExtension(place, extension) {
      systems[key(place)]?.report.extensions.push(extension)
      store.touch()
      return Promise.resolve()
    },
    removeExtension(place, { publisher, type }) {
      const report = systems[key(place)]?.report
      const isOther = (one: { publisher: string; type: string }) => one.publisher !== publisher || one.type !== type
      if (report) report.extensions = report.extensions.filter(isOther)
      store.touch()
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}

function untouched(image: GuestImage, { computerName }: GuestSetup): GuestReport {
  const os = { type: image.osType, id: null, versionId: null }
  return { os, computerName, generalized: false, obstacles: [], agent: { version: '2.9.1.1' }, extensions: [] }
}

const blackPixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
)
