/** Steps, forms and their checks are most of the window's code: the list of runs is painted without them. */
const loaders = {
  run: () => import('./run/Run.svelte'),
  settings: () => import('./settings/Settings.svelte'),
  dialogs: () => import('./run/RunDialogs.svelte'),
  pools: () => import('./pools/Pools.svelte'),
  session: () => import('./session/Session.svelte'),
}
type Name = keyof typeof loaders
type Screens = { [Key in Name]: Awaited<ReturnType<(typeof loaders)[Key]>>['default'] }

/** What is loaded: painted at once, where waiting for it again would show an empty window for a moment. */
export const screens: Partial<Screens> = {}

/** Loads what is not there yet. */
export async function load(...names: Name[]): Promise<void> {
  await Promise.all(names.map(async (name) => Object.assign(screens, { [name]: (await loaders[name]()).default })))
}

export function loadAll(): Promise<void> {
  return load(...(Object.keys(loaders) as Name[]))
}
