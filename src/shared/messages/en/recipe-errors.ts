export const recipeErrors = {}
