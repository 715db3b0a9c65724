import { randomBytes } from 'node:crypto'
import type { Store } from './store'

/** A browser sign-in that waits for a person. */
export type PendingRequest = {
  clientId: string
  redirectUri: string
  responseMode: string
  scope: string
  state: string | null
  challenge: string | null
  tenantPath: string
  expiresMs: number
}
export type AuthorizationCode = {
  clientId: string
  redirectUri: string
  scope: string
  challenge: string | null
  oid: string
  expiresMs: number
}
export type DeviceCode = {
  userCode: string
  clientId: string
  scope: string
  /** null: nobody has answered yet; '' = declined. */
  oid: string | null
  expiresMs: number
}
export type RefreshToken = {
  clientId: string
  oid: string
  expiresMs: number
}

/** Everything that is under way between programs and people, persisted with the state. All times are real. */
export type SignIns = {
  requests: Shelf<PendingRequest>
  codes: Shelf<AuthorizationCode>
  devices: Shelf<DeviceCode>
  refreshTokens: Shelf<RefreshToken>
}

export type Shelf<T> = {
  put(value: T, id?: string): string
  get(id: string | undefined): T | null
  /** Removes it; null when it was not there any more or is too old. */
  take(id: string | undefined): T | null
  all(): [string, T][]
  clear(): void
}

export function createSignIns(store: Store): SignIns {
  return {
    requests: shelf(store, 'signIn.requests'),
    codes: shelf(store, 'signIn.codes'),
    devices: shelf(store, 'signIn.devices'),
    refreshTokens: shelf(store, 'signIn.refreshTokens'),
  }
}

function shelf<T extends { expiresMs: number }>(store: Store, name: string): Shelf<T> {
  const kept = store.part(name, () => ({}) as Record<string, T>)

  function sweep(): void {
    const now = Date.now()
    for (const [id, value] of Object.entries(kept)) if (value.expiresMs <= now) delete kept[id]
  }

  function get(id: string | undefined): T | null {
    sweep()
    return id !== undefined && Object.hasOwn(kept, id) ? (kept[id] ?? null) : null
  }

  return {
    put(value, id = randomBytes(48).toString('base64url')) {
      sweep()
      kept[id] = value
      store.touch()
      return id
    },
    get,
    take(id) {
      const value = get(id)
      if (value && id !== undefined) delete kept[id]
      store.touch()
      return value
    },
    all: () => {
      sweep()
      return Object.entries(kept)
    },
    clear() {
      for (const id of Object.keys(kept)) delete kept[id]
      store.touch()
    },
  }
}
