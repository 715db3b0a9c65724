import type { Route, Router } from './server'

/** Keeps the routes of the cloud; of several that match, the one with more literal segments wins. */
export function createRouter(): Router {
  const routes: Route[] = []
  return {
    route(method, pattern, handler, options = {}) {
      routes.push({ method, pattern, segments: split(pattern), handler, options })
      // More literal segments first, so that `/checkName` is not taken for an `:id`.
      routes.sort((a, b) => literals(b) - literals(a))
    },
    match(method, path) {
      const parts = split(path)
      let seen = false
      for (const route of routes) {
        const params = matchSegments(route.segments, parts)
        if (!params) continue
        if (route.method === method) return { route, params }
        seen = true
      }
      return seen ? 'other-method' : null
    },
  }
}

function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function literals(route: Route): number {
  return route.segments.filter((segment) => !/^[:*]/.test(segment)).length
}

function matchSegments(pattern: string[], parts: string[]): Record<string, string> | null {
  const params: Record<string, string> = {}
  for (const [index, segment] of pattern.entries()) {
    if (segment.startsWith('*')) {
      params[segment.slice(1)] = parts.slice(index).map(decode).join('/')
      return params
    }
    const part = parts[index]
    if (part === undefined) return null
    if (segment.startsWith(':')) params[segment.slice(1)] = decode(part)
    else if (segment.toLowerCase() !== part.toLowerCase()) return null
  }
  return parts.length === pattern.length ? params : null
}

/** Percent signs undone; text that cannot be decoded stays as it is. */
export function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
