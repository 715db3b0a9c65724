import type { Inspection } from '../../../shared/outputs'
import { finding } from '../findings'
import type { LinuxSystem } from '../linux'
import { runChecks, whereDamaged, type Check, type Checked } from './check'
import { agentChecks } from './linux-agent'
import { consoleChecks } from './linux-console'
import { driverChecks } from './linux-drivers'
import { identityChecks, isGeneralized } from './linux-identity'
import { mountChecks } from './linux-mounts'
import { tempDiskChecks } from './linux-temp-disk'

/** What a system on a disk turned out to be. */
export type Judged = Required<Pick<Inspection, 'os' | 'generalized'>> & Checked

export const linuxChecks: readonly Check<LinuxSystem>[] = [
  {
    id: 'os.identified',
    look: ({ release }) => finding('os.identified', 'info', { name: release.name }),
  },
  ...agentChecks,
  ...driverChecks,
  ...identityChecks,
  ...tempDiskChecks,
  ...consoleChecks,
  ...mountChecks,
  {
    id: 'linux.fs-dirty',
    look: ({ files }) => (files.isDirty ? finding('linux.fs-dirty', 'warn') : null),
  },
]

const inDamaged = whereDamaged(linuxChecks, {
  presence: [
    ...['azure.extensions', 'linux.generalized', 'linux.root-login', 'linux.users'],
    ...['batch.temp-disk', 'linux.fstab', 'linux.swap'],
  ],
  absence: ['linux.agent', ...[...driverChecks, ...consoleChecks].map(({ id }) => id)],
})

/** All that can be said about a Linux system. */
export function judgeLinux(system: LinuxSystem): Judged {
  const { id, versionId } = system.release
  return {
    os: { type: 'Linux', id, versionId },
    generalized: isGeneralized(system),
    ...runChecks(system.files.isDamaged ? inDamaged : linuxChecks, system),
  }
}
