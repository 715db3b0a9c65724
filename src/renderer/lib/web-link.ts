/** A web address as it is shown and opened, or null for anything else: what a VM prints leads to the web only. */
export function webLink(text: string): string | null {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  // A name before the host makes one host look like another.
  if (url.username || url.password) return null
  return url.href
}
