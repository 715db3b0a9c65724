import { z } from 'zod'
import type { Cloud } from './cloud'
import { asking } from './errors'
import { sendJson } from './raw'

const page = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() })
const mostPages = 50

/** All pages of a list that no client offers, each item parsed. `path` begins with a slash. Throws AppError. */
export async function listArm<T>(
  cloud: Cloud,
  path: string,
  query: Record<string, string>,
  item: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T[]> {
  return asking(async () => {
    const found: T[] = []
    let url: string | null = armUrl(cloud, path, query)
    for (let pages = 0; url && pages < mostPages; pages++) {
      const answer = page.parse(
        await sendJson((request) => cloud.arm(request), { method: 'GET', url, ...(signal && { signal }) }),
      )
      for (const one of answer.value) found.push(item.parse(one))
      url = answer.nextLink || null
    }
    return found
  })
}

/** Names in a path come from people and clouds: none of them may end the path or lead to another host. */
export function armUrl({ profile }: Cloud, path: string, query: Record<string, string>): string {
  const parts = path.split('/').filter((part) => part !== '')
  const clean = parts.map((part) => encodeURIComponent(part)).join('/')
  return `${profile.armEndpoint.replace(/\/+$/, '')}/${clean}?${new URLSearchParams(query).toString()}`
}
