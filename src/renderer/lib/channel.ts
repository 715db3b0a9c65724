import type { RunDetail } from '../../shared/contract'
import type { ErrorCode } from '../../shared/errors'
import type { OutputOf } from '../../shared/outputs'
import { call } from './api'
import { runs } from './runs.svelte'
import { shell } from './shell.svelte'

/** What a Windows VM answers as long as nobody has opened its control channel. */
const withoutChannel: ReadonlySet<ErrorCode> = new Set([
  'session.port-closed',
  'session.no-answer',
  'session.no-way-in',
])

/** Whether the run's VM is a Windows VM that may not let the app in yet. Known host keys came with its channel. */
export function mayLackChannel({ state }: RunDetail): boolean {
  const made = state.steps['vm.create'].output as OutputOf<'vm.create'> | undefined
  return made?.osType === 'Windows' && made.hostKeys.length === 0
}

/** Whether an error is how that shows. */
export function isWithoutChannel(detail: RunDetail, code: ErrorCode): boolean {
  return withoutChannel.has(code) && mayLackChannel(detail)
}

/** Chooses that Azure runs the channel's script, and has the VM made again with that: what is there of it stays. */
export async function letAzureOpen(detail: RunDetail, perform = () => performed(detail)): Promise<boolean> {
  const { id: run, steps } = detail.state
  const input = { ...steps['vm.create'].typed, channel: 'byAzure' }
  const saved = await shell.attempt(() => call('step.input', { run, step: 'vm.create', input }).then(() => true))
  return saved === true && perform()
}

async function performed({ state }: RunDetail): Promise<boolean> {
  const isDone = await shell.attempt(async () => {
    const ended = runs.ended('vm.create')
    await call('step.perform', { run: state.id, step: 'vm.create' })
    return ended
  })
  return isDone ?? false
}
