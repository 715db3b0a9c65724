import { crc32 } from 'node:zlib'
import { z } from 'zod'

const part = z.tuple([z.number().int().nonnegative(), z.number().int().positive()])
const line = z.union([
  z.object({
    kind: z.literal('begun'),
    at: z.string(),
    file: z.string(),
    size: z.number(),
    modifiedMs: z.number(),
    target: z.string(),
    mark: z.string(),
  }),
  z.object({ kind: z.literal('sent'), parts: z.array(part) }),
  z.object({ kind: z.literal('finished'), at: z.string(), etag: z.string() }),
])
export type Line = z.infer<typeof line>

/** The lines up to the first that is not whole, and how long they are. */
export function readLines(bytes: Buffer): { lines: Line[]; goodBytes: number } {
  const lines: Line[] = []
  let goodBytes = 0
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', goodBytes)) {
    const found = unsealed(bytes.toString('utf8', goodBytes, end))
    if (!found) break
    lines.push(found)
    goodBytes = end + 1
  }
  return { lines, goodBytes }
}

/** CRC-32 in eight hexadecimal digits, a space, JSON. */
export function sealed(of: Line): string {
  const body = JSON.stringify(of)
  return `${crc32(body).toString(16).padStart(8, '0')} ${body}\n`
}

function unsealed(text: string): Line | null {
  const [, crc, body] = /^([0-9a-f]{8}) (.+)$/.exec(text) ?? []
  if (body === undefined || crc32(body) !== parseInt(crc!, 16)) return null
  const parsed = line.safeParse(JSON.parse(body))
  return parsed.success ? parsed.data : null
}

export function etagIn(lines: readonly Line[]): string | null {
  const last = lines.findLast((one) => one.kind === 'finished')
  return last?.kind === 'finished' ? last.etag : null
}
