import type { StepId } from './terms'

/** Which items of Microsoft's article of August 2017 each step answers; ids as in the run report. */
export const articleItems: Record<StepId, string> = {
  'decide.image': 'S1–S5, S17, S19, S58',
  'connect.cloud': 'S31, S32',
  'connect.signIn': 'S31, S32',
  'connect.scope': 'S10, S45',
  'prepare.preflight': 'S6–S11, S45',
  'prepare.account': 'S6–S8, S45, S59',
  'prepare.storage': 'S9–S11, S24',
  'disk.choose': 'S17, S18',
  'disk.inspect': 'S12, S13, S15, S16, S50',
  'disk.upload': 'S18, S37, S41',
  'vm.plan': 'S12, S13, S17, S19–S23',
  'vm.create': 'S20, S22–S27',
  'vm.install': 'S27–S29',
  'vm.snapshot': 'S34',
  'vm.restore': 'S34',
  'vm.generalize': 'S12, S15, S16, S30',
  'vm.deallocate': 'S31–S33, S35',
  'vm.mark': 'S34, S35',
  'image.gallery': 'S14, S36',
  'image.definition': 'S36, S50',
  'image.version': 'S10, S36, S44',
  'pool.create': 'S46–S51, S54, S55',
  'pool.canary': 'S52, S53',
  'finish.verify': 'S56, S57',
  'finish.cleanup': 'S60',
  'finish.report': 'S56, S57, S60',
}

/** The item of the article that a finding about the disk answers, by the end of its id; null where the article says nothing. */
export function articleItemOf(finding: string): string | null {
  const known = Object.keys(findingItems).find((end) => finding.endsWith(end))
  return known ? findingItems[known]! : null
}

const findingItems: Record<string, string> = {
  '.generalized': 'S12',
  'azure.extensions': 'S15',
  'batch.temp-disk': 'S16',
  'os.identified': 'S50',
}
