import type { StepId } from '../../../shared/terms'

/** Items of the article on custom images that each step answers. */
export const articleItems: Record<StepId, string> = {
  'decide.image': 'S1–S5, S17, S19, S58',
  'connect.cloud': 'S31, S45',
  'connect.signIn': 'S31, S32',
  'connect.scope': 'S10, S45',
  'prepare.account': 'S6–S8, S45, S59',
  'prepare.storage': 'S9–S11',
  'disk.choose': 'S17, S18',
  'disk.inspect': 'S12–S16',
  'disk.upload': 'S18, S37, S41',
  'image.gallery': 'S36, S44',
  'image.definition': 'S38–S40',
  'image.version': 'S36, S41–S44',
  'pool.create': 'S46–S51, S54',
  'pool.canary': 'S52, S53',
  'finish.verify': 'S56, S57',
  'finish.cleanup': 'S60',
  'finish.report': 'S55–S57',
}
