import type { ErrorCode, ErrorParams } from '../../shared/errors'
import type { Said } from './error-body'

/** What is known about a failure beside the service's words. */
export type Facts = {
  status: number
  method: string
  /** '' where unknown. */
  host: string
  path: string
  hasSas: boolean
  retryAfterSeconds: number | null
  /** How far the service's clock is ahead of this computer's; 0 where it did not tell. */
  skewMinutes: number
}
export type Rule = {
  match: (said: Said, facts: Facts) => boolean
  code: ErrorCode
  params?: (said: Said, facts: Facts) => ErrorParams
}

export function byCode(...codes: string[]): Rule['match'] {
  return (said) => codes.includes(said.code)
}

export function byText(pattern: RegExp): Rule['match'] {
  return (said) => pattern.test(said.message)
}

export function wordsOf(said: Said): string {
  return said.message.slice(0, 500) || said.code
}

/** The first group of a pattern in what was said under a name, or nothing at all. */
export function found(said: Said, patterns: Record<string, RegExp>): ErrorParams {
  const hits = Object.entries(patterns).map(([name, pattern]) => [name, pattern.exec(said.message)?.[1] ?? ''])
  return Object.fromEntries(hits.filter(([, text]) => text !== '')) as ErrorParams
}

/** Kind (a key of `messages.kinds`) and name of the thing that a URL is about. */
export function thingAt({ host, path }: Pick<Facts, 'host' | 'path'>): { kind: string; name: string } {
  const name = nameOf(path)
  const types = path.split('/').map((part) => part.toLowerCase())
  const at = Math.max(...Object.keys(kindOfType).map((type) => types.lastIndexOf(type)))
  const kind = kindOfType[types[at] ?? '']
  if (kind) return { kind, name: nameOf(path.split('/')[at + 1] ?? '') || name }
  return { kind: host && types.length > 2 ? 'page blob' : 'subscription', name }
}

const kindOfType: Record<string, string> = {
  subscriptions: 'subscription',
  locations: 'region',
  resourcegroups: 'resource group',
  batchaccounts: 'Batch account',
  storageaccounts: 'storage account',
  containers: 'container',
  disks: 'managed disk',
  galleries: 'gallery',
  images: 'image definition',
  versions: 'image version',
  pools: 'pool',
  nodes: 'compute node',
  virtualmachines: 'virtual machine',
  extensions: 'VM extension',
  virtualnetworks: 'virtual network',
  networksecuritygroups: 'network security group',
  networkinterfaces: 'network interface',
  publicipaddresses: 'public IP address',
  snapshots: 'snapshot',
}

export function nameOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** `Current Limit: 10, Current Usage: 8, Additional Required: 4`; what was not said is left out. */
export function quotaNumbers(said: Said): ErrorParams {
  const texts = found(said, {
    family: /approved (\S+(?: \S+)?) Cores quota/i,
    region: /Location: (\w+)/i,
    limit: /(?:current )?limit[^\d]{0,12}(\d+)/i,
    used: /(?:current )?usage[^\d]{0,12}(\d+)/i,
    needed: /(?:additional )?required[^\d]{0,12}(\d+)/i,
  })
  const isNumber = (name: string) => name !== 'family' && name !== 'region'
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, isNumber(name) ? Number(text) : text]))
}
