/** Who lets an upload in, asked over and over: whoever started it knows more than its process does. */
export type AccessSource = {
  /** A fresh address for the one at hand, with a new SAS; null when nobody can give one. */
  renewUrl(url: string): Promise<string | null>
  /** A token for the cloud's storage. `isRefused`: the one before is not taken any more. Throws AppError `signIn.needed`. */
  token(isRefused: boolean): Promise<{ token: string; expiresOnTimestamp: number }>
}

/** The right to one address, as it stands at the moment. */
export type Access = {
  /** Address without query. */
  readonly url: string
  readonly hasSas: boolean
  /** When the SAS ends, ms since 1970; null when that is not said or not so. */
  readonly expiresMs: number | null
  /** Address and headers of the next request. */
  now(): Promise<{ url: URL; authorization: string | null }>
  /** Gets a fresh SAS or token; false when nobody can give one. */
  renew(): Promise<boolean>
}

/** A token that ends within this time is replaced before it is refused. */
const tokenMarginMs = 5 * 60_000

/** Access by the SAS in the address, or by tokens where it has none. */
export function accessTo(address: string, source: AccessSource): Access {
  let current = new URL(address)
  let token: { token: string; expiresOnTimestamp: number } | null = null
  const hasSas = current.searchParams.has('sig')
  return {
    url: `${current.origin}${current.pathname}`,
    hasSas,
    get expiresMs() {
      const ends = Date.parse(current.searchParams.get('se') ?? '')
      return Number.isNaN(ends) ? null : ends
    },
    async now() {
      if (hasSas) return { url: new URL(current), authorization: null }
      if (!token || token.expiresOnTimestamp - tokenMarginMs < Date.now()) token = await source.token(false)
      return { url: new URL(current), authorization: `Bearer ${token.token}` }
    },
    async renew() {
      if (hasSas) {
        const fresh = await source.renewUrl(current.href)
        if (fresh !== null) current = new URL(fresh)
        return fresh !== null
      }
      token = await source.token(true)
      return true
    },
  }
}
