import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { AppError } from '../../shared/errors'
import { cloudProfile, type CloudProfile } from '../../shared/profile'
import { isLoopback } from './network-faults'

export type BuiltInName = 'public' | 'usgov' | 'china'

/**
 * Azure's own clouds. MSAL carries the endpoints of these authorities in its code, so that signing in makes no discovery call.
 * Hosts: Azure/azure-cli `cloud.py`; the doubled slash of the Batch scopes is that of Microsoft's own Batch clients.
 */
export const builtInProfiles: Record<BuiltInName, CloudProfile> = {
  public: {
    name: 'public',
    authority: 'https://login.microsoftonline.com',
    knownAuthorities: [],
    clientId: '',
    tenant: 'organizations',
    armEndpoint: 'https://management.azure.com',
    armScope: 'https://management.azure.com/.default',
    batchScope: 'https://batch.core.windows.net//.default',
    batchSuffix: 'batch.azure.com',
    storageScope: 'https://storage.azure.com/.default',
    storageSuffix: 'core.windows.net',
    graphEndpoint: 'https://graph.microsoft.com',
  },
  usgov: {
    name: 'usgov',
    authority: 'https://login.microsoftonline.us',
    knownAuthorities: [],
    clientId: '',
    tenant: 'organizations',
    armEndpoint: 'https://management.usgovcloudapi.net',
    armScope: 'https://management.usgovcloudapi.net/.default',
    batchScope: 'https://batch.core.usgovcloudapi.net//.default',
    batchSuffix: 'batch.usgovcloudapi.net',
    storageScope: 'https://storage.azure.com/.default',
    storageSuffix: 'core.usgovcloudapi.net',
    graphEndpoint: 'https://graph.microsoft.us',
  },
  china: {
    name: 'china',
    authority: 'https://login.chinacloudapi.cn',
    knownAuthorities: [],
    clientId: '',
    tenant: 'organizations',
    armEndpoint: 'https://management.chinacloudapi.cn',
    armScope: 'https://management.chinacloudapi.cn/.default',
    batchScope: 'https://batch.chinacloudapi.cn//.default',
    batchSuffix: 'batch.chinacloudapi.cn',
    storageScope: 'https://storage.azure.com/.default',
    storageSuffix: 'core.chinacloudapi.cn',
    graphEndpoint: 'https://microsoftgraph.chinacloudapi.cn',
  },
}

/** Every name under which Microsoft signs people in; the first of each is the authority of the profile. */
const microsoftHosts: Record<BuiltInName, readonly string[]> = {
  public: ['login.microsoftonline.com', 'login.microsoft.com', 'login.windows.net', 'sts.windows.net'],
  usgov: ['login.microsoftonline.us', 'login.usgovcloudapi.net', 'login-us.microsoftonline.com'],
  china: ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
}
const names = Object.keys(builtInProfiles) as BuiltInName[]
/** No file may take these names: sign-ins are kept by the name of the cloud. */
const reservedNames = [...names, 'practice']
const maxFileBytes = 1024 * 1024

/**
 * A built-in cloud by name, or a profile file by path. The practice cloud's profile comes from its own process.
 * Throws `profile.invalid` {file, fields}, `profile.unreadable` {file}, `file.not-found` {file}.
 */
export async function loadProfile(
  nameOrFile: string,
  overrides: { clientId?: string; tenant?: string } = {},
): Promise<CloudProfile> {
  const builtIn = names.find((name) => name === nameOrFile)
  const profile = builtIn ? builtInProfiles[builtIn] : await readProfile(nameOrFile)
  const merged = { ...profile, ...overrides }
  // The tenant becomes a part of the authority's path.
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(merged.tenant ?? 'organizations')) throw invalid(nameOrFile, ['tenant'])
  return merged
}

/** Which of Azure's clouds signs people in at this address, or null. */
export function cloudOfAuthority(authority: string): BuiltInName | null {
  if (!URL.canParse(authority)) return null
  const hostname = new URL(authority).hostname.replace(/\.$/, '')
  return names.find((name) => microsoftHosts[name].includes(hostname)) ?? null
}

/** Hosts (with port where it is not 443) that may see codes, secrets and refresh tokens. */
export function signInHosts(profile: Pick<CloudProfile, 'authority'>): string[] {
  const cloud = cloudOfAuthority(profile.authority)
  return cloud ? [...microsoftHosts[cloud]] : [new URL(profile.authority).host]
}

/** Fields of a profile that break the rules below; none for a good one. */
export function wrongFields(profile: CloudProfile): string[] {
  const cloud = cloudOfAuthority(profile.authority)
  const rules = cloud ? microsoftRules(profile, builtInProfiles[cloud]) : privateRules(profile)
  const endpoints = endpointFields.filter((field) => profile[field] !== undefined && !isPlainOrigin(profile[field]))
  return [...new Set([...endpoints, ...rules])]
}

const endpointFields = ['authority', 'armEndpoint', 'graphEndpoint'] as const

/** A person signs in at Microsoft: every token stays within that very cloud. */
function microsoftRules(profile: CloudProfile, cloud: CloudProfile): string[] {
  const fixed = [
    'authority',
    'armEndpoint',
    'armScope',
    'batchScope',
    'batchSuffix',
    'storageScope',
    'storageSuffix',
    'graphEndpoint',
  ] as const
  const moved = fixed.filter((field) => profile[field] !== undefined && !isEqual(profile[field], cloud[field]))
  return [
    ...moved,
    ...(profile.loopbackOnly ? ['loopbackOnly'] : []),
    ...(profile.authorityMetadata === undefined ? [] : ['authorityMetadata']),
    ...(profile.knownAuthorities.length === 0 ? [] : ['knownAuthorities']),
  ]
}

/** A private cloud signs in at its own host, and is wholly on loopback or not at all. */
function privateRules(profile: CloudProfile): string[] {
  const own = new URL(profile.authority).host
  const local = profile.loopbackOnly === true
  const strays = endpointFields.filter((field) => {
    const value = profile[field]
    return value !== undefined && isLoopback(new URL(value).hostname) !== local
  })
  return [
    ...strays,
    ...(profile.knownAuthorities.every((host) => host.toLowerCase() === own) ? [] : ['knownAuthorities']),
    ...(isMetadataOf(own, profile.authorityMetadata) ? [] : ['authorityMetadata']),
    ...(/^[a-z0-9.-]+$/i.test(profile.batchSuffix) ? [] : ['batchSuffix']),
    ...(/^[a-z0-9.-]+$/i.test(profile.storageSuffix) ? [] : ['storageSuffix']),
  ]
}

/** Otherwise a person would sign in at one host for the benefit of another. */
function isMetadataOf(host: string, text: string | undefined): boolean {
  if (text === undefined) return true
  try {
    const metadata = JSON.parse(text) as Record<string, unknown>
    const endpoints = ['authorization_endpoint', 'token_endpoint', 'issuer'].map((name) => metadata[name])
    return endpoints.every((it) => typeof it === 'string' && URL.canParse(it) && new URL(it).host === host)
  } catch {
    return false
  }
}

function isEqual(given: string | undefined, wanted: string | undefined): boolean {
  const trimmed = (text: string | undefined) => text?.toLowerCase().replace(/\/+$/, '')
  return trimmed(given) === trimmed(wanted)
}

function isPlainOrigin(text: string | undefined): boolean {
  if (!text || !URL.canParse(text)) return false
  const url = new URL(text)
  return url.protocol === 'https:' && !url.username && !url.password && !url.search && !url.hash
}

async function readProfile(file: string): Promise<CloudProfile> {
  const text = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new AppError('file.not-found', { file }, { message: error.message })
    throw unreadable(file, error.message)
  })
  if (text.byteLength > maxFileBytes) throw unreadable(file, 'too large')
  const parsed = cloudProfile.safeParse(jsonOf(file, text.toString('utf8')))
  if (!parsed.success) throw invalid(file, fieldsOf(parsed.error), parsed.error.message)
  const wrong = wrongFields(parsed.data)
  if (isReserved(parsed.data)) wrong.push('name')
  if (wrong.length > 0) throw invalid(file, wrong)
  return parsed.data
}

/** The profile that a practice cloud prints is one that may be handed on as a file. */
function isReserved({ name, loopbackOnly }: CloudProfile): boolean {
  return reservedNames.includes(name) && !(name === 'practice' && loopbackOnly === true)
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : '')
  }
}

function fieldsOf(error: z.ZodError): string[] {
  const fields = error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys
    return [issue.path.map(String).join('.')]
  })
  return [...new Set(fields)]
}

function unreadable(file: string, message: string): AppError {
  return new AppError('profile.unreadable', { file }, { message })
}

function invalid(file: string, fields: string[], message?: string): AppError {
  return new AppError('profile.invalid', { file, fields: fields.join(', ') }, { ...(message && { message }) })
}
