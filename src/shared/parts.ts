import { z } from 'zod'

/**
 * One part of an install recipe. In this order: files are copied, the script runs, the VM restarts, and the check decides. Scripts run
 * in bash as root on Linux and in PowerShell as administrator on Windows; a check is a line that ends with 0.
 */
export const part = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().min(1).max(80),
  /** `from`: file or folder on this computer; `to`: absolute path in the VM. */
  files: z
    .array(z.strictObject({ from: z.string().min(1).max(4096), to: z.string().min(1).max(1024) }))
    .max(20)
    .default([]),
  script: z.string().max(20_000).default(''),
  reboot: z.boolean().default(false),
  check: z.string().max(2000).default(''),
  /** Left out by a person; it stays in the list. */
  skip: z.boolean().default(false),
})
export type Part = z.infer<typeof part>

/** Parts in their order: what became of one is kept by its id, so that no two may have the same. */
export const partList = z
  .array(part)
  .max(100)
  .superRefine((parts, { addIssue }) => {
    const seen = new Set<string>()
    for (const [at, { id }] of parts.entries()) {
      if (seen.has(id)) addIssue({ code: 'custom', path: [at, 'id'], message: `two parts have the id ${id}` })
      seen.add(id)
    }
  })

/** An install recipe as a file: YAML or JSON. Paths of files that are not absolute start at its folder. */
export const recipeFile = z.strictObject({
  schema: z.literal(1),
  kind: z.literal('install-recipe'),
  name: z.string().min(1).max(80),
  parts: partList.min(1),
})
export type RecipeFile = z.infer<typeof recipeFile>

/** How one part went, kept in the step's ticket. Times are ISO 8601 UTC. */
export type PartState = {
  id: string
  /** Of the part as it ran: an edited part runs again. */
  hash: string
  status: 'running' | 'done' | 'failed'
  startedAt: string
  endedAt?: string
  exitCode?: number | null
  /** What is still to be done of it, where its script has run. */
  rest?: 'restart' | 'check'
  /** Why it failed: its script or check ended with another code than 0, its connection was lost, or a person stopped it. */
  why?: 'script' | 'check' | 'connection' | 'stopped' | 'other'
  /** Last lines of what it printed. */
  tail?: string
}

/** What the ticket of the install step holds: how parts went on a disk, by its resource id. */
export type PartsTicket = { disk: string; parts: PartState[] }

/** The states in a ticket; none where it holds something else. */
export function partStates(ticket: unknown): PartState[] {
  const parts = (ticket as Partial<PartsTicket> | undefined)?.parts
  return Array.isArray(parts) ? parts : []
}

export function isOfDisk(ticket: unknown, disk: string): boolean {
  return (ticket as Partial<PartsTicket> | undefined)?.disk === disk
}

/** An id made of a name: `Update packages` is `update-packages`. */
export function partIdOf(name: string): string {
  const id = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replace(/^-+|-+$/g, '')
  return id === '' ? 'part' : id
}

/** The id, with a number behind it where it is taken. */
export function freePartId(id: string, taken: readonly string[]): string {
  const all = new Set(taken)
  let free = id
  for (let n = 2; all.has(free); n++) free = `${id.slice(0, 36)}-${n}`
  return free
}
