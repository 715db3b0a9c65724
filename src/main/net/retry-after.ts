type Headers = { get(name: string): string | undefined }

/** How long an answer asks to be left alone, ms; null where it does not say. Azure's own header knows milliseconds. */
export function retryAfterMs(headers: Headers): number | null {
  const exact = Number(headers.get('retry-after-ms') ?? headers.get('x-ms-retry-after-ms') ?? NaN)
  if (Number.isFinite(exact)) return exact
  const text = headers.get('retry-after')
  if (text === undefined) return null
  const ms = Number.isFinite(Number(text)) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : null
}
