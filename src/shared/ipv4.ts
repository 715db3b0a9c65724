/** An address of version 4 in its usual form, `203.0.113.7`. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

/** Whether an address is in a range in CIDR form, or is that address itself; both of version 4. */
export function isInRange(address: string, range: string): boolean {
  const [first = '', prefix = '32'] = range.split('/')
  if (!isIpv4(address) || !isIpv4(first)) return false
  const size = 2 ** (32 - Number(prefix))
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(first) / size)
}

/** A range in CIDR form, `203.0.113.0/24`. */
export function isIpv4Range(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/')
  return more.length === 0 && isIpv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
