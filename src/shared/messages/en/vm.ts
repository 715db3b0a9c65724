export const vm = {}
