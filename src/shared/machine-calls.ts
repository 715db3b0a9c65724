import { z } from 'zod'
import type { ErrorData } from './errors'
import { poolPlace, type PoolPlace } from './pool-place'
import type { OsType } from './terms'

const run = z.string().regex(/^[a-z0-9-]{1,64}$/)
const vmId = z
  .string()
  .max(1000)
  .regex(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/virtualMachines\/[^/]+$/i)
const port = z.number().int().min(1).max(65535)

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

/** A virtual machine of somebody's cloud: where and as whom it is asked about, and its resource id. */
export const machineRef = z.strictObject({ place: poolPlace, id: vmId })
export type MachineRef = z.infer<typeof machineRef>

/** The build VM of a run, or a machine that was chosen from a list. */
export const doorTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), run }),
  z.strictObject({ kind: z.literal('machine'), machine: machineRef, port }),
])
export type DoorTarget = z.infer<typeof doorTarget>

/** What the network before a machine does with this computer. */
export type DoorView = {
  /** `noGroup`: neither card nor subnet has a security group, so there is no rule that could let anybody in or keep him out. */
  state: 'open' | 'shut' | 'noGroup'
  /** This computer's public address now. */
  address: string
  port: number
  /** Whom rules of the app let in, or did until the session ended; nobody: []. */
  before: string[]
  /** The rules that keep this computer out, one for each security group on the way. */
  blocks: { group: string; at: 'card' | 'subnet'; rule: string }[]
  /** What would be added to let it in; null where that is not possible because all numbers before the blocking rule are taken. */
  adds: { group: string; rule: string; source: string; destination: string; port: number }[] | null
}

/** A rule that the app added to a security group of somebody else's machine. */
export type OpenDoor = {
  door: string
  /** Whose cloud it is in. */
  place: PoolPlace
  machine: string
  group: string
  rule: string
  source: string
  port: number
  /** Since when, ISO 8601 UTC. */
  at: string
  /** A session uses it now. */
  isInUse: boolean
}

export type MachineRow = {
  id: string
  name: string
  group: string
  region: string
  osType: OsType
  power: PowerState
  /** The run of this computer that made it as its build VM. */
  run: { id: string; name: string } | null
}

/** What is known of the machine that was chosen. */
export type MachineView = {
  id: string
  osType: OsType
  power: PowerState
  /** It was told to start, by this app. */
  isStarting: boolean
  user: string
  publicAddress: string | null
  privateAddress: string
  /** Why it has no public address. */
  why: null | 'noPublicAddress' | 'notAssigned' | 'loadBalancer' | 'noCard'
}

export type MachinesView = {
  /** With the account, once one is known. */
  place: PoolPlace
  doing: 'nothing' | 'signingIn' | 'reading'
  subscriptions: { id: string; name: string }[]
  subscription: string | null
  /** null: not read yet. */
  machines: MachineRow[] | null
  error: ErrorData | null
  chosen: MachineView | null
  /** The chosen machine is being looked at. */
  isLooking: boolean
  chosenError: ErrorData | null
}

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
  /** Clouds and accounts that this computer knows. Sends nothing. */
  'machine.places': { input: z.strictObject({}), output: z.array(poolPlace) },
  /** What keeps this computer out of a machine. Changes nothing. */
  'door.look': { input: z.strictObject({ to: doorTarget }), output: z.custom<DoorView>() },
  /** Lets this computer's address in; a person has seen what that changes. */
  'door.open': { input: z.strictObject({ to: doorTarget }), output: z.null() },
  /** Rules in other people's security groups that are not taken away yet. */
  'door.list': { input: z.strictObject({}), output: z.custom<OpenDoor[]>() },
  /** Takes such a rule away. */
  'door.shut': { input: z.strictObject({ door: z.string().max(80) }), output: z.null() },
} as const

export const machineStreams = {
  /** The machines of a cloud, one subscription at a time. Everything ends when the stream is closed. */
  machines: {
    open: z.strictObject({ place: poolPlace }),
    up: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('signIn') }),
      z.strictObject({ kind: z.literal('read'), subscription: z.string().max(100).optional() }),
      /** Asks where a machine is and what it does. */
      z.strictObject({ kind: z.literal('choose'), id: vmId }),
      /** Starts the chosen machine. */
      z.strictObject({ kind: z.literal('start') }),
    ]),
    down: z.custom<MachinesView>(),
  },
} as const
