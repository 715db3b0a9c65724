import type { Cloud } from '../azure/cloud'
import type { TokenOptions } from '../azure/sign-in'
import { AppError } from '../../shared/errors'
import type { AccessSource } from '../upload/access'

/** Access to the blobs of a cloud by tokens of whoever signed in; an upload asks for a fresh one whenever it needs it. */
export function storageTokens(cloud: Cloud): AccessSource {
  return {
    renewUrl: () => Promise.resolve(null),
    async token(isRefused) {
      const options: TokenOptions = { forceRefresh: isRefused }
      const token = await cloud.credential.getToken(cloud.profile.storageScope, options)
      if (!token) throw new AppError('signIn.needed')
      return { token: token.token, expiresOnTimestamp: token.expiresOnTimestamp }
    },
  }
}
