/** What one role assignment gives, as the permissions list of a scope tells it (Microsoft.Authorization/permissions, 2022-04-01). */
export type Permission = {
  actions: readonly string[]
  notActions: readonly string[]
  dataActions: readonly string[]
  notDataActions: readonly string[]
}

/**
 * Whether any of several assignments gives an action. `notActions` take away from their own assignment only: another one
 * may still give it (Microsoft Learn, "Understand Azure role definitions").
 */
export function isGranted(permissions: readonly Permission[], action: string, kind: 'action' | 'data action'): boolean {
  return permissions.some((one) => {
    const [given, taken] = kind === 'action' ? [one.actions, one.notActions] : [one.dataActions, one.notDataActions]
    return given.some((pattern) => matches(pattern, action)) && !taken.some((pattern) => matches(pattern, action))
  })
}

/** Azure's wildcards: `*` stands for any text, slashes included; case does not matter. Linear in time whatever the pattern. */
export function matches(pattern: string, action: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const text = action.toLowerCase()
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.endsWith(last) && text.length - last.length >= at
}
