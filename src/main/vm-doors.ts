import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { AppError } from '../shared/errors'
import { isInRange } from '../shared/ipv4'
import type { DoorTarget, DoorView, MachineRef, OpenDoor } from '../shared/machine-calls'
import { poolPlace, type PoolPlace } from '../shared/pool-place'
import type { RunState } from '../shared/run'
import { isSameResource, resourceName } from '../shared/terms'
import type { Cloud } from './azure/cloud'
import { deleteRule, putRule } from './azure/security-groups'
import { viewDoor, type Addition, type SeenDoor } from './door-view'
import { vmOf } from './session-destinations'
import type { VmAccess } from './steps/vm-access'

const entry = z.object({
  door: z.string(),
  place: poolPlace,
  machine: z.string(),
  group: z.string(),
  rule: z.string(),
  source: z.string(),
  port: z.number(),
  at: z.string(),
})
type Entry = z.infer<typeof entry>
const doorsFile = z.object({ schema: z.literal(1), doors: z.array(entry) })
const closingLimitMs = 10_000
const lookLimitMs = 30_000

export type VmDoorsOptions = {
  stateOf(run: string): Promise<RunState>
  cloudOf(run: string): Promise<Cloud>
  cloudAt(place: PoolPlace, signal: AbortSignal): Promise<Cloud>
  access: VmAccess
  /** What is open, plain JSON: written before anything is opened, so that nothing is forgotten when the program ends. */
  file: string
  write(file: string, text: string): Promise<void>
  now(): Date
}

/** The ways in to machines: the build VM of a run, whose network is the app's own, and machines of others, whose network is not. */
export type VmDoors = {
  /** What keeps this computer out. Throws AppError `session.no-vm`, `vm.gone`, `vm.address-unknown`, `signIn.needed`, `cloud.*`. */
  look(to: DoorTarget): Promise<DoorView>
  /** Lets this computer's address in, as a person has seen and wants it. Throws as `look`, and AppError `door.no-room` {group}. */
  open(to: DoorTarget): Promise<void>
  /** A session uses the machine. Returns its end: after the last one what was opened is shut. */
  use(machine: MachineRef): () => void
  list(): Promise<OpenDoor[]>
  /** Takes one rule away. Throws AppError `signIn.needed`, `cloud.*`. */
  shut(door: string): Promise<void>
  /** Whatever this program opened. Never throws. */
  shutAll(): Promise<void>
}

export function createVmDoors(options: VmDoorsOptions): VmDoors {
  const { stateOf, cloudOf, cloudAt, access, file } = options
  const users = new Map<string, number>()
  const mine = new Set<string>()
  let turn: Promise<unknown> = Promise.resolve()

  /** One change at a time: the file holds all of them. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work)
    turn = next.catch(() => undefined)
    return next
  }

  async function see(to: DoorTarget, signal: AbortSignal): Promise<{ cloud: Cloud; seen: SeenDoor }> {
    if (to.kind === 'run') {
      const { id, port } = vmOf(await stateOf(to.run))
      const cloud = await cloudOf(to.run)
      return { cloud, seen: await viewDoor(cloud, id, port, signal) }
    }
    const cloud = await cloudAt(to.machine.place, signal)
    return { cloud, seen: await viewDoor(cloud, to.machine.id, to.port, signal) }
  }

  async function openMachine({ machine, port }: Extract<DoorTarget, { kind: 'machine' }>): Promise<void> {
    const signal = AbortSignal.timeout(lookLimitMs)
    const { cloud, seen } = await see({ kind: 'machine', machine, port }, signal)
    if (seen.state !== 'shut') return
    if (!seen.adds) throw new AppError('door.no-room', { group: seen.blocks.map(({ group }) => group).join(', ') })
    for (const add of seen.adds) await put(cloud, machine, add, signal)
  }

  async function put(cloud: Cloud, machine: MachineRef, add: Addition, signal: AbortSignal): Promise<void> {
    const { rule, priority, source, destination, port, groupId: group } = add
    const door = randomBytes(6).toString('hex')
    const about = { place: machine.place, machine: machine.id, group, rule, source, port }
    await keep([...(await read(file)), { door, ...about, at: options.now().toISOString() }])
    mine.add(door)
    try {
      await putRule(cloud, group, { name: rule, priority, source, destination, ports: [port] }, signal)
    } catch (error) {
      if (isRefused(error)) await drop(door)
      throw error
    }
  }

  async function remove(door: string, signal: AbortSignal): Promise<void> {
    const found = (await read(file)).find((one) => one.door === door)
    if (!found) return
    await deleteRule(await cloudAt(found.place, signal), found.group, found.rule, signal)
    await drop(door)
  }

  async function drop(door: string): Promise<void> {
    await keep((await read(file)).filter((one) => one.door !== door))
    mine.delete(door)
  }

  function keep(doors: Entry[]): Promise<void> {
    return options.write(file, `${JSON.stringify({ schema: 1, doors }, null, 2)}\n`)
  }

  async function removeAll(fits: (entry: Entry) => boolean): Promise<void> {
    const limit = AbortSignal.timeout(closingLimitMs)
    for (const { door } of (await read(file)).filter(fits)) await remove(door, limit).catch(() => undefined)
  }

  return {
    async look(to) {
      const { seen } = await see(to, AbortSignal.timeout(lookLimitMs))
      const adds = seen.adds?.map(({ groupId: _, priority: _p, ...shown }) => shown) ?? null
      const view = { ...seen, adds }
      if (to.kind === 'run') return whileOpen(view, access.last(to.run))
      const former = (await read(file)).filter((one) => mine.has(one.door) && isAt(one, to.machine, to.port))
      return { ...view, before: [...new Set(former.map(({ source }) => source))] }
    },
    open: (to) =>
      to.kind === 'run'
        ? access.admit(to.run, AbortSignal.timeout(lookLimitMs)).then(() => undefined)
        : inTurn(() => openMachine(to)),
    use({ id }) {
      const key = id.toLowerCase()
      users.set(key, (users.get(key) ?? 0) + 1)
      let isUsed = true
      return () => {
        if (!isUsed) return
        isUsed = false
        const left = (users.get(key) ?? 1) - 1
        users.set(key, left)
        // What cannot be shut now stays in the list, and is said there.
        if (left === 0) void inTurn(() => removeAll(({ machine }) => machine.toLowerCase() === key))
      }
    },
    async list() {
      const all = await read(file)
      return all.map(({ machine, group, ...rest }) => ({
        ...rest,
        machine: resourceName(machine),
        group: resourceName(group),
        isInUse: (users.get(machine.toLowerCase()) ?? 0) > 0,
      }))
    },
    shut: (door) => inTurn(() => remove(door, AbortSignal.timeout(lookLimitMs))),
    shutAll: () => inTurn(() => removeAll(({ door }) => mine.has(door))).catch(() => undefined),
  }
}

function isAt(one: Entry, { id }: MachineRef, port: number): boolean {
  return one.port === port && isSameResource(one.machine, id)
}

/** The door of a run is shut when its session ends; what counts is whom it let in while that lasted. */
function whileOpen(view: DoorView, last: string | null): DoorView {
  if (view.before.length > 0 || last === null) return view
  const state = view.state === 'shut' && isInRange(view.address, last) ? 'open' : view.state
  return { ...view, state, before: [last] }
}

/** What cannot be read counts as nothing open, as of a program that never opened anything. */
async function read(file: string): Promise<Entry[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  try {
    return doorsFile.parse(JSON.parse(text)).doors
  } catch {
    return []
  }
}

/** Azure said no, so that there is nothing to take away. */
function isRefused(error: unknown): boolean {
  const status = error instanceof AppError ? Number(error.details.status) : 0
  return status >= 400 && status < 500
}
