import { isIPv4, isIPv6 } from 'node:net'
import { redact } from '../shared/redact'

/** What is private about this computer. */
export type Here = { home: string; user: string; computer: string }

type Kind = string
/** Names that are too common to say who somebody is. */
const nobody = ['root', 'user', 'admin', 'administrator', 'runner', 'localhost']
const guid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi

/**
 * A text that may leave this computer: secrets are gone, and everything that says who and where stands as a placeholder that is the
 * same throughout (`subscription-1`, `person-2`), so that the story can still be followed. Names of resources are learnt from ids
 * and addresses in the text first, then replaced wherever they stand.
 */
export function withoutPrivate(text: string, here: Here): string {
  const names = new Map<string, string>()
  const counts = new Map<Kind, number>()
  function placeholder(value: string, kind: Kind): string {
    const key = value.toLowerCase()
    const known = names.get(key)
    if (known) return known
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    const name = `${kind}-${count}`
    names.set(key, name)
    return name
  }

  let clean = withoutKeys(redact(text))
  clean = withoutFolders(clean, here, placeholder)
  learnGuids(clean, placeholder)
  learnOrganisations(clean, placeholder)
  learnResources(clean, placeholder)
  clean = clean.replace(guid, (value) => placeholder(value, 'id'))
  clean = clean.replace(/[\w.+%-]+(?:#EXT#)?(?:@|%40)[\w-]+(?:\.[\w-]+)+/gi, (value) => placeholder(value, 'person'))
  clean = withoutAddresses(clean, placeholder)
  for (const [value, kind] of [
    [here.user, 'user'],
    [here.computer, 'computer'],
  ] as const) {
    if (value.length >= 3 && !nobody.includes(value.toLowerCase())) placeholder(value, kind)
  }
  return withoutNames(clean, names)
}

type Placeholder = (value: string, kind: Kind) => string

/** An account key stands for itself wherever it is pasted: 64 bytes in base64. */
function withoutKeys(text: string): string {
  return text.replace(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==/g, '[key]')
}

function withoutFolders(text: string, { home }: Here, placeholder: Placeholder): string {
  const spellings = [home, home.replaceAll('\\', '\\\\'), home.replaceAll('\\', '/')]
  let clean = text
  for (const spelling of new Set(spellings)) if (spelling.length > 1) clean = clean.replaceAll(spelling, '~')
  return clean.replace(
    /((?:\/home\/|\/Users\/|[A-Za-z]:(?:\\\\|\\|\/)Users(?:\\\\|\\|\/)))([^\\/\s"':*?<>|]+)/g,
    (_all, before: string, user: string) => before + placeholder(user, 'user'),
  )
}

function learnGuids(text: string, placeholder: Placeholder) {
  for (const [, value] of text.matchAll(/subscriptions?(?:\/|Id\\?["']\s*:\s*\\?["'])([0-9a-f-]{36})/gi))
    placeholder(value!, 'subscription')
  for (const [, value] of text.matchAll(/tenant(?:Id|s)?(?:\/|\\?["']?\s*[:=]\s*\\?["']?)([0-9a-f-]{36})/gi))
    placeholder(value!, 'tenant')
}

/** A tenant may be named by its domain; names of tenants and subscriptions mostly hold that of the organisation. */
function learnOrganisations(text: string, placeholder: Placeholder) {
  for (const [, value] of text.matchAll(/tenant\\?["']?\s*[:=]\s*\\?["']?([\w-]+(?:\.[\w-]+)+)/gi))
    placeholder(value!, 'tenant')
  for (const [, kind, value] of text.matchAll(/\\?"(tenant|subscription)Name\\?"\s*:\s*\\?"((?:[^"\\]|\\[^"])+)/g))
    if (value!.length >= 3) placeholder(value!, kind!)
}

/** Resource ids (`/resourceGroups/x/providers/Microsoft.Batch/batchAccounts/y`) and the hosts that carry an account's name. */
function learnResources(text: string, placeholder: Placeholder) {
  for (const [, name] of text.matchAll(/\/resourceGroups\/([^/\s"'\\?]+)/gi)) placeholder(name!, 'group')
  for (const [, path] of text.matchAll(/\/providers\/Microsoft\.\w+\/([^\s"'\\?]+)/gi)) {
    const parts = path!.split('/')
    for (let at = 0; at + 1 < parts.length; at += 2) {
      if (isName(parts[at + 1]!)) placeholder(parts[at + 1]!, singular(parts[at]!))
    }
  }
  for (const [, name, kind] of text.matchAll(/\b([a-z0-9-]+)\.(?:[a-z0-9]+\.)?(blob|batch)\.[a-z0-9-]+\.[a-z.]+/gi))
    placeholder(name!, kind!.toLowerCase() === 'blob' ? 'storageAccount' : 'batchAccount')
}

/** `1.0.0` is a version and says nothing about anybody. */
function isName(text: string): boolean {
  return text.length >= 3 && /[a-z]/i.test(text) && !text.startsWith('Microsoft.')
}

function singular(type: string): string {
  return type.replace(/ies$/, 'y').replace(/s$/, '')
}

function withoutAddresses(text: string, placeholder: Placeholder): string {
  return text
    .replace(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)/g, (value) =>
      isIPv4(value) && !value.startsWith('127.') ? placeholder(value, 'address') : value,
    )
    .replace(/(?<![\w:])[0-9a-f:]{3,39}(?![\w:])/gi, (value) =>
      isIPv6(value) && value !== '::1' && value !== '::' ? placeholder(value, 'address') : value,
    )
}

/** Whole words only and the longest first, so that `images` does not tear `images-2` apart. */
function withoutNames(text: string, names: ReadonlyMap<string, string>): string {
  const known = [...names.keys()].sort((a, b) => b.length - a.length).map((name) => escaped(name))
  if (known.length === 0) return text
  const any = new RegExp(`(?<![\\w-])(?:${known.join('|')})(?![\\w-])`, 'gi')
  return text.replace(any, (value) => names.get(value.toLowerCase()) ?? value)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
