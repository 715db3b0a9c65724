import { z } from 'zod'

const run = z.string().regex(/^[a-z0-9-]{1,64}$/)

/** What a machine is doing, as the cloud says. */
export const powerStates = [
  'starting',
  'running',
  'stopping',
  'stopped',
  'deallocating',
  'deallocated',
  'unknown',
] as const
export type PowerState = (typeof powerStates)[number]

export const machineCalls = {
  /** The public address with which this computer comes to the VMs of the run's cloud. Nobody has to be signed in. */
  'address.detect': { input: z.strictObject({ run }), output: z.object({ address: z.ipv4() }) },
  /** What the screen of the run's build VM showed last, as a bitmap, PNG or JPEG; null while there is none. */
  'screen.look': {
    input: z.strictObject({ run }),
    output: z.object({
      picture: z.custom<Uint8Array | null>((value) => value === null || value instanceof Uint8Array),
      power: z.enum(powerStates),
    }),
  },
} as const

export const machineStreams = {} as const
