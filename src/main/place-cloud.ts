import type { PoolPlace } from '../shared/pool-place'
import type { Cloud } from './azure/cloud'
import type { CloudForm, Clouds } from './clouds'

/** The cloud of a place, as the account that it names. Throws AppError `signIn.needed`, `profile.*`. */
export function cloudAt(clouds: Clouds, at: PoolPlace, signal: AbortSignal): Promise<Cloud> {
  const asking = { ...(at.account ? { account: at.account } : {}), signal }
  return clouds.cloud(connectionOf(at), formOf(at), 'browser', asking)
}

export function formOf({ account: _, ...form }: PoolPlace): CloudForm {
  return form
}

/** A connection of its own beside those of runs, so that its requests are nobody's proof. */
export function connectionOf({ cloud, clientId = '', tenant = '', account = '' }: PoolPlace): string {
  return ['pools', cloud, clientId, tenant, account].join(' ')
}
