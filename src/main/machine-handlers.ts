import type { machineCalls } from '../shared/machine-calls'
import type { Handlers } from './answer'
import type { Studio } from './studio'

/** What the window asks about virtual machines as the cloud shows them. */
export function createMachineHandlers(studio: Pick<Studio, 'address' | 'screen'>): {
  handlers: Pick<Handlers, keyof typeof machineCalls>
} {
  return {
    handlers: {
      'address.detect': async ({ run }) => ({ address: await studio.address(run) }),
      'screen.look': ({ run }) => studio.screen(run),
    },
  }
}
