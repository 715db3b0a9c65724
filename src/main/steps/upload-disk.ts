import { AppError, type ErrorCode } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import { beginWriting, createDiskForUpload, deleteDisk, endWriting, getDisk, type ManagedDisk } from '../azure/disks'
import type { Cloud } from '../azure/cloud'
import { diskId, groupId } from '../azure/ids'
import { isMadeBy, type Tags } from '../azure/tags'
import { diskNameFor } from '../../shared/upload-names'
import { markOf, type Stamp } from '../upload/stamp'
import { announce, assertOurs, untilGone, untilReady } from './making'
import { storageTokens } from './storage-access'
import { outputOf, type Tools } from './tools'
import type { OneDisk, Place } from './upload-place'

/** Longer than most uploads; one that takes longer asks again. */
const accessSeconds = 24 * 60 * 60
const leaveLimitMs = 60_000
/** What the upload says of an address whose disk was deleted. */
const meansGone: ReadonlySet<ErrorCode> = new Set([
  'upload.target-missing',
  'upload.target-changed',
  'upload.access-expired',
  'cloud.not-found',
])

/** A managed disk that is made by the upload. What tells whose bytes are in it are its tags: an address of a disk keeps none. */
export function diskPlace(tools: Tools, cloud: Cloud, input: Inputs['disk.upload'], { lun }: OneDisk): Place {
  const { subscriptionId, resourceGroup } = outputOf(tools, 'connect.scope')
  const name = diskNameFor(input.diskName, lun)
  const id = diskId(groupId(subscriptionId, resourceGroup), name)
  const read = (signal: AbortSignal) => getDisk(cloud, id, signal)
  const settling = { kind: 'managed disk', name, limitMinutes: 10 } as const
  let isOpen = false
  return {
    async assertFree() {
      const there = await read(tools.signal)
      if (there && !isMadeBy(tools.run, there.tags)) throw new AppError('upload.target-foreign', { blob: id })
    },
    async clear(stamp, isSameFile) {
      const there = await read(tools.signal)
      if (!there || isSameFile || !isMadeBy(tools.run, there.tags) || isOf(there, stamp)) return
      await removeManagedDisk(tools, cloud, id)
    },
    async make(source, stamp) {
      await announce(tools, id, 'managed disk', false)
      const there = await read(tools.signal)
      if (there) assertOurs(tools, there, 'managed disk')
      if (there && !isOf(there, stamp)) throw new AppError('file.changed', { file: source.disk.file })
      // Nothing to wait for, and nothing to tell of waiting.
      if (there?.state === 'Succeeded') return
      const { operation } = there && there.state !== 'Failed' ? { operation: null } : await create(source.size, stamp)
      await untilReady(tools, cloud, read, { ...settling, operation, stateOf: ({ state }) => state })
    },
    async enter() {
      const there = await read(tools.signal)
      if (!there) throw new AppError('upload.disk-gone', { disk: name })
      if (!isBeingUploaded(there)) return null
      isOpen = true
      const open = () => beginWriting(cloud, id, accessSeconds, tools.signal)
      return {
        target: { kind: 'disk', url: await open(), id, mark: there.tags[markTag] ?? null },
        access: { ...storageTokens(cloud), renewUrl: open },
      }
    },
    async explain(error) {
      const isAboutDisk = error instanceof AppError && meansGone.has(error.code)
      const there = isAboutDisk ? await read(tools.signal).catch(() => undefined) : undefined
      if (!isAboutDisk || there === undefined || (there && there.state !== 'Deleting')) return error
      return new AppError('upload.disk-gone', { disk: name }, error.details, { cause: error })
    },
    async leave(isWhole) {
      if (!isOpen) return
      isOpen = false
      if (isWhole) return endWriting(cloud, id, tools.signal)
      // A half disk stays in upload, which Azure tells by refusing to end it; why the upload ended is worth more than that.
      await endWriting(cloud, id, AbortSignal.timeout(leaveLimitMs)).catch(() => undefined)
    },
    found: () => ({ diskId: id }),
  }

  function create(uploadBytes: number, stamp: Stamp) {
    const { region } = outputOf(tools, 'prepare.account')
    const { os, generation } = outputOf(tools, 'disk.inspect')
    const system = lun === null && os && generation ? { osType: os.type, generation } : undefined
    const spec = { region, uploadBytes, run: tools.run, stamp: tagsOf(stamp), ...(system && { system }) }
    return createDiskForUpload(cloud, id, spec, tools.signal)
  }

  function isOf(there: ManagedDisk, stamp: Stamp): boolean {
    return there.tags[markTag] === markOf(stamp) && there.uploadBytes === Number(stamp.size)
  }
}

/** Deletes a disk of this run; one that is gone is no error. Throws AppError `cloud.foreign-resource`. */
export async function removeManagedDisk(tools: Tools, cloud: Cloud, id: string): Promise<void> {
  const there = await getDisk(cloud, id, tools.signal)
  if (!there) return
  assertOurs(tools, there, 'managed disk')
  // Azure deletes no disk that somebody may write to.
  if (there.diskState !== 'Unattached' && there.diskState !== 'ReadyToUpload') {
    await endWriting(cloud, id, tools.signal).catch(unlessHalf)
  }
  await deleteDisk(cloud, id, tools.signal)
  await untilGone(tools, cloud, (signal) => getDisk(cloud, id, signal), {
    kind: 'managed disk',
    name: there.name,
    limitMinutes: 10,
  })
}

/** That no whole VHD stands in a disk which is to go is no news. */
function unlessHalf(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'image.not-vhd') throw error
}

function isBeingUploaded({ diskState }: ManagedDisk): boolean {
  return diskState === 'ReadyToUpload' || diskState === 'ActiveUpload'
}

const markTag = 'uploadMark'

/** Whose bytes these are, for this app (`mark`) and for people. */
function tagsOf(stamp: Stamp): Tags {
  return { [markTag]: markOf(stamp), uploadBytes: stamp.size, vhdId: stamp.footer, content: stamp.content }
}
