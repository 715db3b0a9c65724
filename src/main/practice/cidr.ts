/** A range of IPv4 addresses as numbers, both ends included. */
export type Range = { from: number; to: number }

/** Reads `10.0.0.0/24` or a single address; null for anything else, also for a prefix that does not begin at its own mask. */
export function parseRange(text: string): Range | null {
  const range = rangeAround(text)
  return range && range.from === parseAddress(text.split('/')[0] ?? '') ? range : null
}

/** The range that an address with a mask lies in: `10.0.0.7/24` is `10.0.0.0/24`. */
export function rangeAround(text: string): Range | null {
  const [written = '', bits = '32', ...more] = text.split('/')
  const address = parseAddress(written)
  if (address === null || more.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return null
  const size = 2 ** (32 - Number(bits))
  const from = address - (address % size)
  return { from, to: from + size - 1 }
}

/** An IPv4 address as a number; null for anything else. */
export function parseAddress(text: string): number | null {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return null
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.')
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.from <= inner.from && inner.to <= outer.to
}

export function overlaps(a: Range, b: Range): boolean {
  return a.from <= b.to && b.from <= a.to
}
