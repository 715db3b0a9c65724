import { z } from 'zod'

/** Somebody who is signed in to a cloud, as a form may offer them; nothing secret. */
export type KeptAccount = {
  /** MSAL's home account id. */
  id: string
  username: string
  name: string
  tenantId: string
  /** Sign-in host (with port where it is not 443) that the account belongs to. */
  host: string
}

/** The parts of MSAL's unified cache schema in which an entry belongs to an account. */
const parts = ['Account', 'IdToken', 'AccessToken', 'RefreshToken'] as const
const entries = z.record(z.string(), z.looseObject({ home_account_id: z.string() })).default({})
const cacheText = z.looseObject({ Account: entries, IdToken: entries, AccessToken: entries, RefreshToken: entries })
const accountEntry = z.object({
  home_account_id: z.string(),
  environment: z.string(),
  username: z.string(),
  realm: z.string(),
  name: z.string().nullish(),
})

/** The accounts of a kept cache, each once, without loading Microsoft's library; none where the text makes no sense. */
export function keptAccounts(text: string | null): KeptAccount[] {
  const found = new Map<string, KeptAccount>()
  for (const entry of Object.values(parsed(text)?.Account ?? {})) {
    const account = accountEntry.safeParse(entry)
    if (!account.success) continue
    const { home_account_id: id, environment, username, realm, name } = account.data
    // A guest has an entry per tenant; the one of the home tenant speaks for all.
    const isHome = id.endsWith(`.${realm}`)
    if (isHome || !found.has(id)) found.set(id, { id, username, name: name ?? '', tenantId: realm, host: environment })
  }
  return [...found.values()]
}

/** The cache without an account and all its tokens; null when nobody is left in it. */
export function withoutAccount(text: string | null, id: string): string | null {
  const cache = parsed(text)
  if (!cache) return null
  for (const part of parts) {
    cache[part] = Object.fromEntries(Object.entries(cache[part]).filter(([, entry]) => entry.home_account_id !== id))
  }
  return parts.every((part) => Object.keys(cache[part]).length === 0) ? null : JSON.stringify(cache)
}

function parsed(text: string | null): z.infer<typeof cacheText> | null {
  try {
    const read = cacheText.safeParse(JSON.parse(text ?? ''))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
