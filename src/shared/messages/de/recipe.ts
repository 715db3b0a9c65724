export const recipe = {}
