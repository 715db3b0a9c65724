/** Keeps the last `limit` values that were made; two who ask for the same one at the same time share it. */
export function keptLast<Value>(limit: number): (key: number, make: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<number, Promise<Value>>()
  return (key, make) => {
    const known = kept.get(key)
    kept.delete(key)
    const value = known ?? make()
    kept.set(key, value)
    if (!known) value.catch(() => kept.delete(key))
    const [oldest] = kept.keys()
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest)
    return value
  }
}
