import { AppError, type ErrorData } from '../../shared/errors'
import { formsOf } from '../../shared/proposals'
import { isSameBasis, thingsOf } from '../../shared/things'
import { isSameResource } from '../../shared/terms'
import type { Cloud } from '../azure/cloud'
import { compareVersions, getVersion, listVersions } from '../azure/image-versions'
import { isMadeBy } from '../azure/tags'
import type { Tools } from './tools'

/**
 * Looks, before the VM is generalized for good, whether the image version that is to be made of it can still have its number: after a
 * way back the number may be that of the version made before. Returns `image.version-taken` {version, next}, else null. Throws
 * AppError `cloud.*`.
 */
export async function versionTaken(tools: Tools): Promise<ErrorData | null> {
  const state = tools.history()
  const form = formsOf(state)
  const { version = '' } = form('image.version')
  const [wanted] = thingsOf('image.version', form, state)
  if (!wanted || version === '') return null
  const cloud = await tools.cloud()
  const found = await getVersion(cloud, wanted.id, tools.signal)
  if (!found) return null
  const listed = tools.resources().find(({ id }) => isSameResource(id, wanted.id))
  const isThisVery = isMadeBy(tools.run, found.tags) && (!listed || isSameBasis(listed.basis, wanted.basis))
  if (isThisVery) return null
  const next = await nextFree(tools, cloud, wanted.id.slice(0, wanted.id.lastIndexOf('/versions/')))
  return new AppError('image.version-taken', { version, next }).toData()
}

/** The number after the newest, which is the one Azure would count as latest. */
async function nextFree(tools: Tools, cloud: Cloud, definition: string): Promise<string> {
  const versions = await listVersions(cloud, definition, tools.signal)
  const newest =
    versions
      .map(({ name }) => name)
      .toSorted(compareVersions)
      .at(-1) ?? ''
  const [major = 1, minor = 0, patch = -1] = newest === '' ? [] : newest.split('.').map(Number)
  return `${major}.${minor}.${patch + 1}`
}
