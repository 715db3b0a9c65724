import type { Inputs } from './forms/forms'
import type { OutputOf } from './outputs'
import type { RunState } from './run'
import type { StepId } from './terms'

/** Exists in every public region and in the practice cloud; two cores are enough for a first node. */
export const defaultVmSize = 'standard_d2s_v3'
const defaultRegion = 'westeurope'

/**
 * Defaults of one form, from the run's name and from what earlier steps hold. Pure; names obey Azure's rules and carry a short
 * part of the run's id, so that two runs of the same name do not meet.
 */
export function proposals(step: StepId, state: RunState): Record<string, unknown> {
  return proposers[step](facts(state)) as Record<string, unknown>
}

type Facts = {
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
  'prepare.account': (facts) => ({ mode: 'create', name: compact(facts, 24) }),
  'prepare.storage': (facts) => ({ mode: 'create', name: compact(facts, 24), container: 'vhds' }),
  'disk.choose': () => ({}),
  'disk.inspect': () => ({}),
  'disk.upload': (facts) => ({ blobName: `${diskName(facts)}-${facts.suffix}.vhd`, connections: 6 }),
  'image.gallery': (facts) => ({
    mode: 'create',
    name: `${dashed(facts.name, 40).replaceAll('-', '_')}_${facts.suffix}`,
  }),
  'image.definition': definition,
  'image.version': (facts) => ({
    version: '1.0.0',
    regions: [{ name: region(facts), replicas: 1 }],
    excludeFromLatest: false,
  }),
  'pool.create': (facts) => ({
    name: `${dashed(facts.name, 40)}-${facts.suffix}`,
    vmSize: defaultVmSize,
    nodeAgentSku: nodeAgent(facts),
    taskSlotsPerNode: 1,
    interNodeCommunication: false,
  }),
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

function definition(facts: Facts): Partial<Inputs['image.definition']> {
  const os = osType(facts)
  const generation = facts.output('disk.inspect').generation ?? facts.input('disk.inspect').generation ?? 'V2'
  return {
    name: dashed(facts.name, 60),
    publisher: 'batch-image-studio',
    offer: `${dashed(facts.name, 48)}-${facts.suffix}`,
    sku: `${os.toLowerCase()}-${generation.toLowerCase()}`,
    osType: os,
    generation,
    architecture: 'x64',
  }
}

function osType(facts: Facts): 'Linux' | 'Windows' {
  return facts.output('disk.inspect').os?.type ?? facts.input('disk.inspect').osType ?? 'Linux'
}

/** The version must be in the region of the Batch account: its nodes are made there. */
function region(facts: Facts): string {
  return facts.output('prepare.account').region ?? facts.input('connect.scope').region ?? scope(facts).region!
}

/** Agents in service at the end of 2026: facts of the Batch team's retirement notices; the live list replaces the proposal. */
function nodeAgent(facts: Facts): string {
  if (osType(facts) === 'Windows') return 'batch.node.windows amd64'
  const os = facts.output('disk.inspect').os
  const version = os?.versionId ?? ''
  switch (os?.id ?? '') {
    case 'ubuntu':
      return version === '22.04' ? 'batch.node.ubuntu 22.04' : 'batch.node.ubuntu 24.04'
    case 'debian':
      return version.startsWith('11') ? 'batch.node.debian 11' : 'batch.node.debian 12'
    case 'almalinux':
    case 'rocky':
    case 'rhel':
    case 'ol':
      return version.startsWith('8') ? 'batch.node.el 8' : 'batch.node.el 9'
    default:
      return 'batch.node.ubuntu 24.04'
  }
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

/** For names that allow lower-case letters and digits only. */
function compact(facts: Facts, limit: number): string {
  return (
    dashed(facts.name, 60)
      .replaceAll('-', '')
      .slice(0, limit - facts.suffix.length) + facts.suffix
  )
}

function facts(state: RunState): Facts {
  return {
    name: state.name,
    suffix: state.id.replace(/[^a-z0-9]/g, '').slice(-6),
    input: <Id extends StepId>(step: Id) => state.steps[step].input as Partial<Inputs[Id]>,
    output: <Id extends StepId>(step: Id) => (state.steps[step].output ?? {}) as Partial<OutputOf<Id>>,
  }
}
