import type { RecipeId } from '../../shared/terms'
import type { AnyStep } from '../engine/step'
import { connectCloud } from './connect-cloud'
import { connectScope } from './connect-scope'
import { connectSignIn } from './connect-sign-in'
import { decideImage } from './decide-image'
import { diskChoose } from './disk-choose'
import { diskInspect } from './disk-inspect'
import { diskUpload } from './disk-upload'
import { finishCleanup } from './finish-cleanup'
import { finishReport } from './finish-report'
import { finishVerifyOf } from './finish-verify'
import { imageDefinitionOf } from './image-definition'
import { imageGallery } from './image-gallery'
import { imageVersionOf } from './image-version'
import { buildVm, uploadedDisk, type ImageSource } from './image-source'
import { poolCanaryOf } from './pool-canary'
import { poolCreate } from './pool-create'
import { prepareAccount } from './prepare-account'
import { preparePreflight } from './prepare-preflight'
import { prepareStorage } from './prepare-storage'
import type { Env } from './tools'
import { vmCreate } from './vm-create'
import { vmDeallocate } from './vm-deallocate'
import { vmGeneralize } from './vm-generalize'
import { vmInstall } from './vm-install'
import { vmMark } from './vm-mark'
import { vmPlan } from './vm-plan'
import { vmRestore } from './vm-restore'
import { vmSnapshot } from './vm-snapshot'

const beginning = [decideImage, connectCloud, connectSignIn, connectScope, preparePreflight, prepareAccount]

/** What makes an image of what a recipe brings, a pool of the image, and an end. */
function ending(from: ImageSource): AnyStep<Env>[] {
  return [
    imageGallery,
    imageDefinitionOf(from),
    imageVersionOf(from),
    poolCreate,
    poolCanaryOf(from),
    finishVerifyOf(from),
    finishCleanup,
    finishReport,
  ]
}

/** The recipes: what a run consists of, in the order of its checklist. */
export const stepRecipes: Record<RecipeId, readonly AnyStep<Env>[]> = {
  'from-disk': [...beginning, prepareStorage, diskChoose, diskInspect, diskUpload, ...ending(uploadedDisk)],
  'from-vm': [
    ...beginning,
    vmPlan,
    vmCreate,
    vmInstall,
    vmSnapshot,
    vmRestore,
    vmGeneralize,
    vmDeallocate,
    vmMark,
    ...ending(buildVm),
  ],
}
