import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'

export type BuiltInName = 'public' | 'usgov' | 'china'

export const builtInProfiles: Record<BuiltInName, CloudProfile> = {} as Record<BuiltInName, CloudProfile>

/**
 * A built-in cloud by name, or a profile file by path. The practice cloud's profile comes from its own process.
 * Throws `profile.invalid` {file, fields}.
 */
export async function loadProfile(
  nameOrFile: string,
  overrides: { clientId?: string; tenant?: string } = {},
): Promise<CloudProfile> {
  void overrides
  throw new AppError('profile.invalid', { file: nameOrFile, fields: '' })
}
