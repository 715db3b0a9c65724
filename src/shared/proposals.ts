import type { Inputs } from './forms/forms'
import { nodeAgentFor } from './node-agents'
import type { OutputOf } from './outputs'
import { targetOf } from './needs'
import type { RunState } from './run'
import { parseResourceId, resourceName, type StepId } from './terms'
import { isThing, occupies, thingsOf, type FormOf } from './things'
import { architectureOf } from './xray'

/** Exists in every public region and in the practice cloud; two cores are enough for a first node. */
const defaultVmSize = 'standard_d2s_v3'
const nodesPerReplica = 300
const defaultRegion = 'westeurope'

/**
 * Defaults of one form, from the run's name and from what earlier steps hold. Pure; names obey Azure's rules and carry a short
 * part of the run's id, so that two runs of the same name do not meet.
 */
export function proposals(step: StepId, state: RunState): Record<string, unknown> {
  const known = proposed.get(state) ?? new Map<StepId, Record<string, unknown>>()
  proposed.set(state, known)
  const made = known.get(step) ?? (proposers[step](facts(state)) as Record<string, unknown>)
  known.set(step, made)
  return made
}

/** States are never changed, only replaced; names ask for the forms before theirs again and again. */
const proposed = new WeakMap<RunState, Map<StepId, Record<string, unknown>>>()

/** The complete form of every step as it stands. */
export function formsOf(state: RunState): FormOf {
  return <Id extends StepId>(step: Id) =>
    ({ ...proposals(step, state), ...state.steps[step].input }) as Partial<Inputs[Id]>
}

type Facts = {
  state: RunState
  name: string
  suffix: string
  input<Id extends StepId>(step: Id): Partial<Inputs[Id]>
  output<Id extends StepId>(step: Id): Partial<OutputOf<Id>>
}

type Proposers = { [Id in StepId]: (facts: Facts) => Partial<Inputs[Id]> }

const proposers: Proposers = {
  'decide.image': () => ({ reasons: [], choice: 'customImage' }),
  'connect.cloud': () => ({ cloud: 'practice' }),
  'connect.signIn': () => ({ method: 'browser' }),
  'connect.scope': scope,
  'prepare.preflight': () => ({ register: true }),
  'prepare.account': account,
  'prepare.storage': (facts) => named(facts, 'prepare.storage', { mode: 'create', container: 'vhds' }, compactName),
  'disk.choose': () => ({ dataDisks: [] }),
  'disk.inspect': () => ({}),
  'disk.upload': (facts) => ({
    target: targetOf(facts.state),
    diskName: `${diskName(facts)}-${facts.suffix}`,
    blobName: `${diskName(facts)}-${facts.suffix}.vhd`,
    connections: 6,
  }),
  'vm.plan': (facts) => ({
    image: { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
    vmSize: facts.output('prepare.account').sizeV2?.toLowerCase() ?? defaultVmSize,
    securityType: 'Standard',
  }),
  'vm.create': buildVm,
  'vm.install': () => ({ parts: [], done: false }),
  'vm.snapshot': (facts) => ({ wanted: true, name: `before-generalize-${facts.suffix}` }),
  'vm.generalize': () => ({ confirmed: false, acceptedRisks: [], removeChannel: true, byHand: false }),
  'vm.restore': () => ({ times: 0 }),
  'vm.deallocate': () => ({ keepSnapshot: true, removeExtensions: false }),
  'vm.mark': () => ({ removeExtensions: false }),
  'image.gallery': (facts) =>
    named(
      facts,
      'image.gallery',
      { mode: 'create' },
      (n) => `${dashed(facts.name, 40).replaceAll('-', '_')}_${facts.suffix}${n > 1 ? `_${n}` : ''}`,
    ),
  'image.definition': definition,
  'image.version': version,
  'pool.create': pool,
  'pool.canary': () => ({ dedicated: 1, spot: 0 }),
  'finish.verify': () => ({}),
  'finish.cleanup': () => ({ alsoRemove: [] }),
  'finish.report': () => ({}),
}

function scope(facts: Facts): Partial<Inputs['connect.scope']> {
  const signedIn = facts.output('connect.signIn')
  return {
    ...(signedIn.subscriptionId ? { subscriptionId: signedIn.subscriptionId } : {}),
    region: signedIn.region ?? defaultRegion,
    resourceGroup: `${dashed(facts.name, 60)}-${facts.suffix}`,
  }
}

/** An account that is there is preferred where it is the only one that fits. */
function account(facts: Facts): Partial<Inputs['prepare.account']> {
  const only = facts.output('connect.scope').onlyAccount
  const group = only && parseResourceId(only)?.resourceGroup
  if (only && group) return { mode: 'choose', name: resourceName(only), resourceGroup: group }
  return named(facts, 'prepare.account', { mode: 'create' }, compactName)
}

/** Windows lets nobody in by a key at first. */
function buildVm(facts: Facts): Partial<Inputs['vm.create']> {
  const rest = {
    resourceGroup: `${dashed(facts.name, 50)}-build-${facts.suffix}`,
    adminUser: 'azureuser',
    auth: osType(facts) === 'Windows' ? ('password' as const) : ('appKey' as const),
    acceptAnyone: false,
    port: 22 as const,
  }
  return named(facts, 'vm.create', rest, (n) => numbered(`build-${facts.suffix}`, n))
}

function definition(facts: Facts): Partial<Inputs['image.definition']> {
  const os = osType(facts)
  const generation = generationOf(facts)
  const identity = {
    publisher: 'batch-image-studio',
    offer: `${dashed(facts.name, 48)}-${facts.suffix}`,
    sku: `${os.toLowerCase()}-${generation.toLowerCase()}`,
    osType: os,
    generation,
    architecture: architecture(facts),
  } as const
  return named(facts, 'image.definition', identity, (n) => numbered(dashed(facts.name, 60), n))
}

/** The number after the newest version that the definition held before this run; one replica serves about 300 nodes. */
function version(facts: Facts): Partial<Inputs['image.version']> {
  const { dedicated = 1, spot = 0 } = facts.input('pool.canary')
  const replicas = Math.min(100, Math.max(1, Math.ceil((Number(dedicated) + Number(spot)) / nodesPerReplica) || 1))
  const [major = 1, minor = 0, patch = -1] =
    facts.output('image.definition').newestVersion?.split('.').map(Number) ?? []
  const rest = { regions: [{ name: region(facts), replicas }], excludeFromLatest: false }
  return named(facts, 'image.version', rest, (n) => `${major}.${minor}.${patch + n}`, 'version')
}

function pool(facts: Facts): Partial<Inputs['pool.create']> {
  const generation = facts.input('image.definition').generation ?? definition(facts).generation!
  const rest = {
    vmSize: facts.output('prepare.account')[`size${generation}`]?.toLowerCase() ?? defaultVmSize,
    nodeAgentSku: nodeAgent(facts),
    taskSlotsPerNode: 1,
    interNodeCommunication: false,
  }
  return named(facts, 'pool.create', rest, (n) => numbered(`${dashed(facts.name, 40)}-${facts.suffix}`, n))
}

/**
 * Adds the first name under which this run made nothing yet, or made this very thing: going back to an earlier choice offers the
 * earlier thing again.
 */
function named<Id extends StepId>(
  facts: Facts,
  step: Id,
  rest: Partial<Inputs[Id]>,
  candidate: (n: number, facts: Facts) => string,
  field = 'name',
): Partial<Inputs[Id]> {
  const { state } = facts
  const before = formsOf(state)
  for (let n = 1; ; n++) {
    const own = { ...rest, ...state.steps[step].input, [field]: candidate(n, facts) }
    const form: FormOf = (id) => ((id as StepId) === step ? own : before(id)) as never
    const [thing] = thingsOf(step, form, state)
    const clashes = thing ? state.resources.filter((resource) => occupies(resource, thing)) : []
    if (!thing || clashes.every((resource) => isThing(resource, thing))) {
      return { ...rest, [field]: candidate(n, facts) }
    }
  }
}

function numbered(name: string, n: number): string {
  return n > 1 ? `${name}-${n}` : name
}

function isFromVm({ state }: Facts): boolean {
  return state.recipe === 'from-vm'
}

function generationOf(facts: Facts): 'V1' | 'V2' {
  if (isFromVm(facts)) return facts.output('vm.plan').generation ?? 'V2'
  return facts.output('disk.inspect').generation ?? facts.input('disk.inspect').generation ?? 'V2'
}

/** Before anybody has looked, the publisher tells: only Microsoft's Windows images are for Windows. */
function osType(facts: Facts): 'Linux' | 'Windows' {
  if (isFromVm(facts)) {
    const { publisher = '' } = facts.input('vm.plan').image ?? {}
    return facts.output('vm.plan').osType ?? (/windows/i.test(publisher) ? 'Windows' : 'Linux')
  }
  return facts.output('disk.inspect').os?.type ?? facts.input('disk.inspect').osType ?? 'Linux'
}

function architecture(facts: Facts): 'x64' | 'Arm64' {
  if (isFromVm(facts)) return facts.output('vm.plan').architecture ?? 'x64'
  const { findings = [], os = null } = facts.output('disk.inspect')
  return architectureOf({ findings, os }) ?? 'x64'
}

/** The version must be in the region of the Batch account, which is that of the whole run: its nodes are made there. */
function region(facts: Facts): string {
  return facts.output('connect.scope').region ?? facts.input('connect.scope').region ?? scope(facts).region!
}

/** By what the disk says; the live list replaces the proposal. */
function nodeAgent(facts: Facts): string {
  const known = isFromVm(facts) ? facts.output('vm.plan').nodeAgentSku : undefined
  if (known) return known
  const { id = null, versionId = null } = facts.output('disk.inspect').os ?? {}
  return nodeAgentFor({ type: osType(facts), id, versionId }).name
}

function diskName(facts: Facts): string {
  const file = facts.input('disk.choose').file ?? ''
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(/\.[^.]*$/, '')
  return dashed(base, 60, 'disk')
}

/** As German writes them where there are no umlauts. */
const germanLetters: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' }

/** Lower-case letters, digits and single dashes, beginning with a letter. */
function dashed(text: string, limit: number, otherwise = 'image'): string {
  const plain = text
    .replace(/[äöüÄÖÜß]/g, (letter) => germanLetters[letter.toLowerCase()]!)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, limit)
    .replace(/-+$/, '')
  return plain || otherwise
}

/** For accounts, whose names have up to 24 lower-case letters and digits. */
function compactName(n: number, facts: Facts): string {
  const end = `${facts.suffix}${n > 1 ? n : ''}`
  return (
    dashed(facts.name, 60)
      .replaceAll('-', '')
      .slice(0, 24 - end.length) + end
  )
}

function facts(state: RunState): Facts {
  return {
    state,
    name: state.name,
    suffix: state.id.replace(/[^a-z0-9]/g, '').slice(-6),
    input: <Id extends StepId>(step: Id) => state.steps[step].input as Partial<Inputs[Id]>,
    output: <Id extends StepId>(step: Id) => (state.steps[step].output ?? {}) as Partial<OutputOf<Id>>,
  }
}
