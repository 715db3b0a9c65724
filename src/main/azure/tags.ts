export type Tags = Record<string, string>

/** What marks everything the app makes; clean-up removes only what journal and tags agree on. */
export function tagsOf(run: string): Tags {
  return { createdBy: 'batch-image-studio', run }
}

/** true: this run made it, as far as tags can tell. */
export function isMadeBy(run: string, tags: Tags): boolean {
  return tags['createdBy'] === 'batch-image-studio' && tags['run'] === run
}
