import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'

/**
 * Throws `token.refused-host` {host} unless a bearer token of this cloud may go to the URL. `extraHosts`: hosts (`host:port`)
 * the cloud itself named, such as a Batch account's endpoint in a private cloud.
 */
export function assertTokenMayGo(profile: CloudProfile, url: string, extraHosts: readonly string[] = []): void {
  ;(void profile, extraHosts)
  throw new AppError('token.refused-host', { host: url })
}
