import type { recipe } from './messages/en/recipe'

/** Ids of what is checked before a VM is generalized: keys of `messages.recipe.checks`. */
export type VmCheckId = keyof typeof recipe.checks
export type VmCheckRow = {
  id: VmCheckId
  severity: 'ok' | 'warn' | 'block'
  /** Fills the holes of its texts. */
  params: Record<string, string | number>
}

/** One look into a VM. */
export type VmLook = {
  /** ISO 8601, UTC. */
  at: string
  rows: VmCheckRow[]
}

/** What the ticket of `vm.generalize` holds. */
export type GeneralizeTicket = {
  look?: VmLook
  /** Begun in the VM, for good: what a later start has to look for instead of beginning anew. */
  begun?: { how: 'waagent' | 'sysprep'; disk: string; at: string }
}

/** The ticket's content, whatever it is. */
export function generalizeTicket(ticket: unknown): GeneralizeTicket {
  return typeof ticket === 'object' && ticket !== null ? ticket : {}
}

/** Blocks that nobody has taken the risk of. */
export function openVmBlocks(rows: readonly VmCheckRow[], accepted: readonly string[]): VmCheckRow[] {
  return rows.filter(({ id, severity }) => severity === 'block' && !accepted.includes(id))
}
