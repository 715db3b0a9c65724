/** What the window may ask of main about remote desktops. */
export const desktopCalls = {} as const
export const desktopStreams = {} as const
