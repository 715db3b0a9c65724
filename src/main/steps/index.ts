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
import { finishVerify } from './finish-verify'
import { imageDefinition } from './image-definition'
import { imageGallery } from './image-gallery'
import { imageVersion } from './image-version'
import { poolCanary } from './pool-canary'
import { poolCreate } from './pool-create'
import { prepareAccount } from './prepare-account'
import { preparePreflight } from './prepare-preflight'
import { prepareStorage } from './prepare-storage'
import type { Env } from './tools'

/** The recipes: what a run consists of, in the order of its checklist. */
export const stepRecipes: Partial<Record<RecipeId, readonly AnyStep<Env>[]>> = {
  'from-disk': [
    decideImage,
    connectCloud,
    connectSignIn,
    connectScope,
    preparePreflight,
    prepareAccount,
    prepareStorage,
    diskChoose,
    diskInspect,
    diskUpload,
    imageGallery,
    imageDefinition,
    imageVersion,
    poolCreate,
    poolCanary,
    finishVerify,
    finishCleanup,
    finishReport,
  ],
}
