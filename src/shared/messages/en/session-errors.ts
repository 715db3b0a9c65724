export const sessionErrors = {}
