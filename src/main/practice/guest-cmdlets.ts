import { appCmdlets } from './guest-cmdlets-apps'
import { contentCmdlets } from './guest-cmdlets-content'
import { featureCmdlets } from './guest-cmdlets-features'
import { itemCmdlets } from './guest-cmdlets-items'
import { machineCmdlets } from './guest-cmdlets-machine'
import { objectCmdlets } from './guest-cmdlets-objects'
import { pathCmdlets } from './guest-cmdlets-paths'
import { propertyCmdlets } from './guest-cmdlets-properties'
import { serviceCmdlets } from './guest-cmdlets-services'
import type { Cmdlet } from './guest-powershell-invoke'

/** Every cmdlet that the practice Windows knows. */
export const cmdlets: ReadonlyMap<string, Cmdlet> = new Map(
  Object.entries({
    ...objectCmdlets,
    ...itemCmdlets,
    ...contentCmdlets,
    ...pathCmdlets,
    ...propertyCmdlets,
    ...serviceCmdlets,
    ...featureCmdlets,
    ...appCmdlets,
    ...machineCmdlets,
  }),
)
