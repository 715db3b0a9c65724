/** An address of version 4 in its usual form, `203.0.113.7`. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

/** A range in CIDR form, `203.0.113.0/24`. */
export function isIpv4Range(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/')
  return more.length === 0 && isIpv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32
}
