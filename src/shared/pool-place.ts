import { z } from 'zod'
import { forms } from './forms/forms'

/** A cloud and who signs in to it; without account: nobody has yet. */
export const poolPlace = forms['connect.cloud'].extend({ account: z.string().min(1).max(320).optional() })
export type PoolPlace = z.infer<typeof poolPlace>
