import { Stop } from '../setup/say.mjs'

export const mebibytes = 'MiB/s'

/** Time of a step's last fact of this kind, in ms since 1970. */
export function whenOf(entries, kind, step) {
  return Date.parse(entryOf(entries, kind, step).at)
}

/** What an upload sent by its own count, over the time it took, in MiB/s. */
export function uploadRate(entries) {
  const { sentBytes, seconds } = entryOf(entries, 'done', 'disk.upload').output
  return sentBytes / seconds / 2 ** 20
}

function entryOf(entries, kind, step) {
  const found = entries.findLast((entry) => entry.kind === kind && entry.step === step)
  if (!found) throw new Stop(`The run left no record of ${step} being ${kind}.`)
  return found
}
