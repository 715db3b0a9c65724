export const vmErrors = {}
