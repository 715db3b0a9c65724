import type { recipe } from '../../shared/messages/en/recipe'

export type SysprepCause = keyof typeof recipe.causes

/** Words of Sysprep's own logs (Microsoft Learn, "Sysprep fails with Microsoft Store apps"; setuperr.log). The first that fits counts. */
const causes: readonly [SysprepCause, RegExp][] = [
  ['dsc', /DscCore\.dll|DSCCore/i],
  ['bitLocker', /BitLocker/i],
  [
    'restart',
    /pending.{0,40}(?:reboot|restart|operation)|(?:reboot|restart).{0,40}pending|require[sd]? (?:a )?(?:reboot|restart)|reserves? in use/i,
  ],
  ['rearm', /0xc004d307|rearm count|SLReArmWindows/i],
  ['upgrade', /upgraded (?:os|operating system|windows)/i],
  ['domain', /joined to a domain|domain controller/i],
]

/** Who is to blame for a failed Sysprep, by the end of its logs. Pure. */
export function culpritOf(log: string): { app: string } | { cause: SysprepCause } {
  const app = /Package (\S+?)(?:_\d[^\s]*)? was installed for a user, but not provisioned for all users/i.exec(log)
  if (app) return { app: app[1]!.slice(0, 200) }
  return { cause: causes.find(([, words]) => words.test(log))?.[0] ?? 'other' }
}
