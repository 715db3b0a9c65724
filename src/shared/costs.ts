/** What a thing costs as long as it exists: machines by the hour, or the room that data takes. */
const costs: Readonly<Record<string, 'running' | 'storage'>> = {
  pool: 'running',
  'page blob': 'storage',
  'storage account': 'storage',
  'image version': 'storage',
  'managed disk': 'storage',
  snapshot: 'storage',
  'virtual machine': 'running',
  'public IP address': 'running',
}

/** The cost of a kind of resource (a key of `messages.kinds`), or null where it costs nothing by itself. */
export function costOf(kind: string): 'running' | 'storage' | null {
  return Object.hasOwn(costs, kind) ? costs[kind]! : null
}
