/** Steps, forms and their checks are most of the window's code: the list of runs is painted without them. */
export const later = {
  run: () => import('./run/Run.svelte'),
  settings: () => import('./settings/Settings.svelte'),
  dialogs: () => import('./run/RunDialogs.svelte'),
  pools: () => import('./pools/Pools.svelte'),
}
