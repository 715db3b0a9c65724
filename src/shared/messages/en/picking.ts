/** Words of pickers, of checks while typing, and of proposed values. */
export const picking = {
  createNew: 'Create new “{name}”',
  use: 'Use “{name}”',
  modes: { create: 'new', choose: 'existing' },
  sections: { recent: 'Used last', recommended: 'Fits best', others: 'All others', unfit: 'Does not fit here' },
  unfit: {
    generation: 'Boots generation {found} only; the image is {wanted}.',
    architecture: 'Runs {found}; the image is {wanted}.',
    quota: '{left} of {limit} cores left in its family, {needed} needed.',
    region: 'In {region}, not in {wanted}.',
    system: 'Serves {found}; the disk holds {wanted}.',
    roleBasedVault: 'Uses Azure RBAC; Batch needs “vault access policy”.',
  },
  columns: { cores: 'vCPU', memoryGb: 'Memory', localDiskGb: 'Local disk', generations: 'Generation' },
  gibibytes: '{n} GiB',
  noDisk: 'none',
  found: '{n} {n:plural:entry:entries}',
  proposed: 'proposed',
  reset: 'Back to the proposal',
  resetField: '{field}: back to the proposal',
}
