import { formsOf } from '../../shared/proposals'
import type { RunState } from '../../shared/run'
import { portsOf, vmThings } from '../../shared/vm-things'
import type { OsType } from '../../shared/terms'
import type { OutputOf } from '../../shared/outputs'
import type { Cloud } from '../azure/cloud'
import { deleteRule, putRule } from '../azure/security-groups'
import { ownAddress } from '../azure/own-address'

/** The only rule that lets anybody in to a build VM: there while somebody works with it. */
export const accessRule = 'work-from-here'
const priority = 300
/** A program that ends waits no longer than this for the cloud. */
const closingLimitMs = 10_000

/** Who may come in to the build VM of each run. Everybody who opened it closes it again. */
export type VmAccess = {
  /**
   * Lets this computer's present address (or the range in the form) in; returns it in CIDR form when the rule is in force. Throws
   * AppError `vm.address-unknown` {url}, `cloud.*`.
   */
  open(run: string, signal: AbortSignal): Promise<string>
  /** The address may be another one by now: asks anew and lets that in. Returns whether it was. Throws as `open`. */
  renew(run: string, signal: AbortSignal): Promise<boolean>
  /**
   * A person wants this computer's present address let in in place of whatever was, and from now on instead of the range in the form,
   * as long as the program runs. Throws as `open`.
   */
  admit(run: string, signal: AbortSignal): Promise<string>
  /** Whom the app let in last, since the program started, whether or not it is open now. */
  last(run: string): string | null
  /** One of those who opened it is done: after the last of them nobody gets in any more. Never throws. */
  close(run: string): Promise<void>
  /** Nobody gets in any more, whoever has it open. Throws AppError `cloud.*`. */
  shut(run: string, signal: AbortSignal): Promise<void>
  /** The same for all runs, where this program opened it and did not close it. Never throws. */
  shutAll(): Promise<void>
}

export type VmAccessOptions = {
  stateOf(run: string): Promise<RunState>
  cloudOf(run: string): Promise<Cloud>
}

type Access = { users: number; source: string | null }

export function createVmAccess({ stateOf, cloudOf }: VmAccessOptions): VmAccess {
  const known = new Map<string, Access>()
  /** Where a person said that the address counts, not the range. */
  const here = new Set<string>()
  const lastSources = new Map<string, string>()
  const turns = new Map<string, Promise<unknown>>()

  /** One change at a time per run: an opening that overtakes a closing would end shut. */
  function inTurn<T>(run: string, work: () => Promise<T>): Promise<T> {
    const next = (turns.get(run) ?? Promise.resolve()).then(work)
    turns.set(
      run,
      next.catch(() => undefined),
    )
    return next
  }

  function accessOf(run: string): Access {
    const access = known.get(run) ?? { users: 0, source: null }
    known.set(run, access)
    return access
  }

  async function letIn(run: string, access: Access, source: string, signal: AbortSignal): Promise<void> {
    const { group, ports } = await placeOf(run)
    await putRule(await cloudOf(run), group, { name: accessRule, priority, source, ports }, signal)
    access.source = source
    lastSources.set(run, source)
  }

  async function placeOf(run: string) {
    const state = await stateOf(run)
    const form = formsOf(state)
    const own = vmThings(form('connect.scope').subscriptionId ?? '', form('vm.create'))
    return { group: own.securityGroup, ports: portsOf(osTypeOf(state), form('vm.create')) }
  }

  async function wantedSource(run: string, signal: AbortSignal): Promise<string> {
    const { sourceCidr } = formsOf(await stateOf(run))('vm.create')
    return (here.has(run) ? undefined : sourceCidr) ?? `${await ownAddress(await cloudOf(run), signal)}/32`
  }

  async function end(run: string, signal: AbortSignal): Promise<void> {
    const { group } = await placeOf(run)
    await deleteRule(await cloudOf(run), group, accessRule, signal)
    known.delete(run)
  }

  return {
    open: (run, signal) =>
      inTurn(run, async () => {
        const access = accessOf(run)
        if (access.source === null) await letIn(run, access, await wantedSource(run, signal), signal)
        access.users++
        return access.source!
      }),
    renew: (run, signal) =>
      inTurn(run, async () => {
        const access = accessOf(run)
        const source = await wantedSource(run, signal)
        if (source === access.source) return false
        await letIn(run, access, source, signal)
        return true
      }),
    last: (run) => lastSources.get(run) ?? null,
    admit: (run, signal) =>
      inTurn(run, async () => {
        here.add(run)
        const access = accessOf(run)
        await letIn(run, access, await wantedSource(run, signal), signal)
        return access.source!
      }),
    close: (run) =>
      inTurn(run, async () => {
        const access = accessOf(run)
        access.users = Math.max(0, access.users - 1)
        // What cannot be shut now is shut with the next session, with the VM, or shown by the final checks.
        if (access.users === 0) await end(run, AbortSignal.timeout(closingLimitMs)).catch(() => undefined)
      }),
    shut: (run, signal) => inTurn(run, () => end(run, signal)),
    async shutAll() {
      const limit = AbortSignal.timeout(closingLimitMs)
      const open = [...known].filter(([, { source }]) => source !== null)
      await Promise.allSettled(open.map(([run]) => inTurn(run, () => end(run, limit))))
    },
  }
}

function osTypeOf(state: RunState): OsType {
  const planned = state.steps['vm.plan'].output as OutputOf<'vm.plan'> | undefined
  return planned?.osType ?? 'Linux'
}
