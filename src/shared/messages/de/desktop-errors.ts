export const desktopErrors = {}
