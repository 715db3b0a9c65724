import type { Inputs } from '../shared/forms/forms'
import type { MachineRef } from '../shared/machine-calls'
import type { OutputOf } from '../shared/outputs'
import type { PoolPlace } from '../shared/pool-place'
import type { CloudProfile } from '../shared/profile'
import type { RunState } from '../shared/run'
import type { SessionTarget } from '../shared/session-calls'
import { isSameResource, resourceName } from '../shared/terms'
import { AppError } from '../shared/errors'
import type { Destination } from './sessions/attempt'
import type { VmKeys } from './sessions/keys'
import type { Identity } from './sessions/ssh-auth'

export type DestinationParts = {
  stateOf(run: string): Promise<RunState>
  profileOf(state: RunState): Promise<CloudProfile>
  vmKeys: VmKeys
  profileAt(place: PoolPlace): Promise<CloudProfile>
  /** Host keys that a machine showed on its serial console. */
  hostKeysOf(machine: MachineRef): Promise<string[]>
}

/** Where sessions go: the build VM that a run's journal knows, or the host that a person named. */
export function createDestinations(parts: DestinationParts): (target: SessionTarget) => Promise<Destination> {
  return async (target) => {
    if (target.kind === 'run') return toRun(target.run, parts)
    const { host, port, user, keyFile, machine } = target
    const identities = await byChoice(target.auth, keyFile)
    const to = { host, port, user, system: null, identities }
    if (machine) return { ...to, ...(await ofMachine(machine, parts)) }
    return { ...to, label: host, place: `${host}:${port}`, hostKeys: [] }
  }
}

async function ofMachine(machine: MachineRef, { profileAt, hostKeysOf }: DestinationParts) {
  const [{ vmProxy }, hostKeys] = await Promise.all([profileAt(machine.place), hostKeysOf(machine)])
  return { label: resourceName(machine.id), place: machine.id, hostKeys, vmProxy }
}

/** The build VM of a run. Throws AppError `session.no-vm` where none was made, or it is gone. */
export function vmOf(state: RunState): OutputOf<'vm.create'> {
  const vm = state.steps['vm.create'].output as OutputOf<'vm.create'> | undefined
  if (!vm || !state.resources.some(({ id }) => isSameResource(id, vm.id))) throw new AppError('session.no-vm')
  return vm
}

async function toRun(run: string, { stateOf, profileOf, vmKeys }: DestinationParts): Promise<Destination> {
  const state = await stateOf(run)
  const { id, name, address, port, user, osType, hostKeys } = vmOf(state)
  const { vmProxy } = await profileOf(state)
  return {
    label: name,
    host: address,
    port,
    user,
    place: id,
    hostKeys,
    vmProxy,
    system: osType === 'Windows' ? 'windows' : 'linux',
    identities: await ofRun(run, state, vmKeys),
  }
}

async function ofRun(run: string, state: RunState, vmKeys: VmKeys): Promise<Identity[]> {
  const { auth, publicKey } = (state.steps['vm.create'].performed ?? {}) as Partial<Inputs['vm.create']>
  const [key, password] = [await vmKeys.privateKey(run), await vmKeys.keptPassword(run)]
  return [
    ...(key ? [{ kind: 'key' as const, name: 'batch-image-studio', key }] : []),
    ...(auth === 'ownKey' ? await ownIdentities(publicKey) : []),
    ...(password ? [{ kind: 'password' as const, text: password }] : []),
  ]
}

async function byChoice(auth: 'agent' | 'key' | 'password', keyFile?: string): Promise<Identity[]> {
  if (auth === 'password') return [{ kind: 'password', text: null }]
  if (auth === 'key' && keyFile) return [{ kind: 'keyFile', file: keyFile }]
  return ownIdentities()
}

/** What OpenSSH's client would try: the agent, then the keys in the person's own folder. */
async function ownIdentities(publicKey?: string): Promise<Identity[]> {
  const { agentPath, ownKeys } = await import('./sessions/key-files')
  const path = agentPath()
  const files = await ownKeys(publicKey)
  const identities: Identity[] = [
    ...(path ? [{ kind: 'agent' as const, path }] : []),
    ...files.map((file) => ({ kind: 'keyFile' as const, file })),
  ]
  if (identities.length === 0) throw new AppError('session.no-agent')
  return identities
}
