import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** One request and its answer as they stood on the wire; texts of bodies, null when larger than 1 MiB. */
export type WireExchange = {
  method: string
  /** Path and query. */
  url: string
  request: { headers: Record<string, string>; body: string | null }
  status: number
  /** Of the answer, names in small letters. */
  headers: Record<string, string>
  body: string | null
}

/** Makes practice clouds started from now on by this process write their exchanges to a file. Returns the way to stop that. */
export function recordTo(file: string): () => void {
  const before = process.env['NODE_OPTIONS']
  process.env['NODE_OPTIONS'] = `--import=${pathToFileURL('test/support/recorder.mjs').href}`
  process.env['RECORD_EXCHANGES'] = file
  return () => {
    delete process.env['RECORD_EXCHANGES']
    if (before === undefined) delete process.env['NODE_OPTIONS']
    else process.env['NODE_OPTIONS'] = before
  }
}

export function recordedIn(file: string): WireExchange[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(Boolean).map((line) => JSON.parse(line) as WireExchange)
}
