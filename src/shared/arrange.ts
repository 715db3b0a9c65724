/**
 * The order of rows after a reading: what was there stays where it is, so that nothing moves under the eye or the keyboard; what
 * is new goes where the sorting puts it.
 */
export function arrange(before: readonly string[], sorted: readonly string[]): string[] {
  const order = before.filter((key) => sorted.includes(key))
  sorted.forEach((key, at) => {
    if (order.includes(key)) return
    const previous = at > 0 ? order.indexOf(sorted[at - 1]!) : -1
    order.splice(previous + 1, 0, key)
  })
  return order
}
