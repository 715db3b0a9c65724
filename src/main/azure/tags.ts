export type Tags = Record<string, string>

/** What marks everything the app makes; clean-up removes only what journal and tags agree on. */
export function tagsOf(run: string): Tags {
  return { createdBy: 'batch-image-studio', run }
}

/** true: this run made it, as far as tags can tell. */
export function isMadeBy(run: string, tags: Tags): boolean {
  return makerOf(tags) === run
}

/** The run that made it; null for what the app did not make. */
export function makerOf(tags: Tags): string | null {
  return tags['createdBy'] === 'batch-image-studio' ? (tags['run'] ?? null) : null
}
