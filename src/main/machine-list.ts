import type { MachineRow, MachinesView } from '../shared/machine-calls'
import { toErrorData } from '../shared/errors'
import type { PoolPlace } from '../shared/pool-place'
import { resourceName } from '../shared/terms'
import type { Cloud } from './azure/cloud'
import { partsOf } from './azure/ids'
import { listSubscriptions } from './azure/subscriptions'
import { makerOf } from './azure/tags'
import { listPowerStates, listVms } from './azure/vms'
import type { Clouds } from './clouds'
import { lookAtMachine, startMachine } from './machine-look'
import { cloudAt, connectionOf, formOf } from './place-cloud'

export type MachineListOptions = {
  clouds: Clouds
  /** Name of a run of this computer whose build VM the machine is; null: of none. */
  runOf(run: string, machine: string): Promise<{ id: string; name: string } | null>
}

/** The machines of a place as long as somebody looks at them. What fails is told in the view, never thrown. */
export type MachineList = {
  signIn(): void
  /** Without `subscription`: the one that is shown, else the first. */
  read(subscription?: string): void
  choose(id: string): void
  start(): void
  close(): void
}

/** Begins to read at once. `send` gets the view after every change. */
export function openMachineList(
  { clouds, runOf }: MachineListOptions,
  place: PoolPlace,
  send: (view: MachinesView) => void,
): MachineList {
  let reading = new AbortController()
  let looking = new AbortController()
  let view: MachinesView = {
    ...{ place, doing: 'nothing', subscriptions: [], subscription: null, machines: null, error: null },
    ...{ chosen: null, isLooking: false, chosenError: null },
  }

  function show(change: Partial<MachinesView>) {
    view = { ...view, ...change }
    send(view)
  }

  /** The latest of its kind counts; whoever was before it is ended and not heard any more. */
  function begin(doing: MachinesView['doing'], job: (signal: AbortSignal) => Promise<Partial<MachinesView>>) {
    reading.abort()
    const own = (reading = new AbortController())
    show({ doing, error: null })
    job(own.signal).then(
      (change) => own.signal.aborted || show({ doing: 'nothing', ...change }),
      (error: unknown) => own.signal.aborted || show({ doing: 'nothing', error: toErrorData(error) }),
    )
  }

  function look(job: (cloud: Cloud, signal: AbortSignal) => Promise<void>) {
    looking.abort()
    const own = (looking = new AbortController())
    show({ isLooking: true, chosenError: null })
    cloudAt(clouds, view.place, own.signal)
      .then((cloud) => job(cloud, own.signal))
      .then(
        () => own.signal.aborted || show({ isLooking: false }),
        (error: unknown) => own.signal.aborted || show({ isLooking: false, chosenError: toErrorData(error) }),
      )
  }

  async function readAll(wanted: string | undefined, signal: AbortSignal): Promise<Partial<MachinesView>> {
    const cloud = await cloudAt(clouds, view.place, signal)
    const all = view.subscriptions.length > 0 ? view.subscriptions : await listSubscriptions(cloud, signal)
    const subscriptions = all.map(({ id, name }) => ({ id, name }))
    const subscription = wanted ?? view.subscription ?? subscriptions[0]?.id ?? null
    if (!signal.aborted) show({ subscriptions, subscription })
    return { machines: subscription ? await rowsOf(cloud, subscription, runOf, signal) : [] }
  }

  const list: MachineList = {
    signIn() {
      begin('signingIn', async (signal) => {
        const form = formOf(view.place)
        const { username } = await clouds.signIn(connectionOf(form), form, { method: 'browser' }, signal)
        view = { ...view, place: { ...form, account: username } }
        show({ doing: 'reading' })
        return readAll(undefined, signal)
      })
    },
    read(subscription) {
      if (subscription && subscription !== view.subscription) {
        looking.abort()
        show({ machines: null, chosen: null, isLooking: false, chosenError: null })
      }
      begin('reading', (signal) => readAll(subscription, signal))
    },
    choose(id) {
      show({ chosen: null })
      look(async (cloud, signal) => show({ chosen: await lookAtMachine(cloud, id, signal) }))
    },
    start() {
      const { chosen } = view
      if (!chosen) return
      show({ chosen: { ...chosen, isStarting: true } })
      look((cloud, signal) =>
        startMachine(cloud, chosen.id, signal, (seen, isStarting) => {
          if (!signal.aborted) show({ chosen: { ...seen, isStarting } })
        }),
      )
    },
    close() {
      reading.abort()
      looking.abort()
    },
  }
  list.read()
  return list
}

async function rowsOf(
  cloud: Cloud,
  subscription: string,
  runOf: MachineListOptions['runOf'],
  signal: AbortSignal,
): Promise<MachineRow[]> {
  const [vms, powers] = await Promise.all([
    listVms(cloud, subscription, signal),
    listPowerStates(cloud, subscription, signal),
  ])
  const rows = vms.map(async ({ id, name, region, osType, tags }) => {
    const maker = makerOf(tags)
    return {
      ...{ id, region, osType },
      name: name || resourceName(id),
      group: partsOf(id).resourceGroup,
      power: powers.get(id.toLowerCase()) ?? 'unknown',
      run: maker ? await runOf(maker, id) : null,
    }
  })
  return (await Promise.all(rows)).sort((a, b) => a.name.localeCompare(b.name))
}
