import type { MachineRef } from '../shared/machine-calls'
import type { PoolPlace } from '../shared/pool-place'
import { serialLog } from './azure/boot-diagnostics'
import type { Cloud } from './azure/cloud'
import type { Pins } from './sessions/pins'
import { hostKeysIn } from './steps/host-keys'

const lookLimitMs = 10_000

/**
 * Fingerprints of host keys that a machine showed on its serial console, for machines whose key nobody knows yet. None where the log
 * cannot be read or is off: then a person is asked. Never throws.
 */
export function createMachineKeys(pins: Pins, cloudAt: (place: PoolPlace, signal: AbortSignal) => Promise<Cloud>) {
  return async ({ place, id }: MachineRef): Promise<string[]> => {
    if (await pins.find('hostKey', id)) return []
    const signal = AbortSignal.timeout(lookLimitMs)
    const log = await cloudAt(place, signal)
      .then((cloud) => serialLog(cloud, id, signal))
      .catch(() => '')
    return hostKeysIn(log)
  }
}
