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

/** How one part went, kept in the step's ticket. Times are ISO 8601 UTC. */
export type PartState = {
  id: string
  /** Of the part as it ran: an edited part runs again. */
  hash: string
  status: 'running' | 'done' | 'failed'
  startedAt: string
  endedAt?: string
  exitCode?: number | null
  /** Last lines of what it printed. */
  tail?: string
}
