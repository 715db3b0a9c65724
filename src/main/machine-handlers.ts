import type { DesktopTarget } from '../shared/desktop-calls'
import { AppError } from '../shared/errors'
import type { DoorTarget, machineCalls, machineStreams } from '../shared/machine-calls'
import type { PoolPlace } from '../shared/pool-place'
import type { SessionTarget } from '../shared/session-calls'
import type { Handlers } from './answer'
import type { StreamHandlers } from './serve'
import type { Studio } from './studio'

export type MachineHandlerParts = {
  studio: Pick<Studio, 'address' | 'screen' | 'doors' | 'places' | 'openMachines'>
  /** The window may name a cloud that the app itself offered, and no file that it invented. */
  isKnownCloud(cloud: string): boolean
}

/** What the window asks about virtual machines as the cloud shows them, and about the way to them. */
export function createMachineHandlers({ studio, isKnownCloud }: MachineHandlerParts): {
  handlers: Pick<Handlers, keyof typeof machineCalls>
  streamHandlers: Pick<StreamHandlers, keyof typeof machineStreams>
  /** Throws AppError `contract.refused` where a target is in a cloud that nobody offered. */
  assertKnown(target: SessionTarget | DesktopTarget | DoorTarget): void
} {
  const { doors } = studio
  const offered = new Set<string>()

  function assertPlace({ cloud }: PoolPlace) {
    if (!isKnownCloud(cloud) && !offered.has(cloud)) throw new AppError('contract.refused', { name: 'cloud' })
  }
  function assertKnown(target: SessionTarget | DesktopTarget | DoorTarget) {
    if (target.kind !== 'run' && target.machine) assertPlace(target.machine.place)
  }

  return {
    assertKnown,
    handlers: {
      'address.detect': async ({ run }) => ({ address: await studio.address(run) }),
      'screen.look': ({ run }) => studio.screen(run),
      async 'machine.places'() {
        const places = await studio.places()
        places.forEach(({ cloud }) => offered.add(cloud))
        return places
      },
      'door.look'({ to }) {
        assertKnown(to)
        return doors.look(to)
      },
      async 'door.open'({ to }) {
        assertKnown(to)
        await doors.open(to)
        return null
      },
      'door.list': () => doors.list(),
      async 'door.shut'({ door }) {
        await doors.shut(door)
        return null
      },
    },
    streamHandlers: {
      machines({ place }, opened) {
        assertPlace(place)
        const list = studio.openMachines(place, (view) => opened.send(view))
        opened.onClose(() => list.close())
        opened.onMessage((message) => {
          if (message.kind === 'signIn') list.signIn()
          else if (message.kind === 'read') list.read(message.subscription)
          else if (message.kind === 'choose') list.choose(message.id)
          else list.start()
        })
      },
    },
  }
}
