import { createHash } from 'node:crypto'
import { root } from './paths.mjs'

/** A short name for this checkout and this user: two of either never share a lock. */
export function checkoutKey() {
  const user = process.getuid?.() ?? process.env.USERNAME
  return createHash('sha256').update(`${root} ${user}`).digest('hex').slice(0, 16)
}
