/** Azure takes requests and tokens whose times are off by no more than this (Microsoft Learn, "Authorize with Shared Key"). */
const toleratedMinutes = 15

/** How many minutes the sender of an answer is ahead of this computer, from its `Date` header; 0 without one. */
export function skewMinutes(date: string | undefined): number {
  const theirs = Date.parse(date ?? '')
  return Number.isNaN(theirs) ? 0 : Math.round((theirs - Date.now()) / 60_000)
}

/** true: too far off for Azure to take what this computer sends. */
export function isTooFarOff(minutes: number): boolean {
  return Math.abs(minutes) > toleratedMinutes
}
