/** How long a sign-in waits for the person, in ms: as long as a device code of Microsoft Entra is good for. */
export const signInLimitMs = 15 * 60_000
