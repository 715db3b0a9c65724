/** What Azure's things are called; keys as the steps write them into the journal. */
export const kinds = {
  subscription: 'subscription',
  region: 'region',
  'resource group': 'resource group',
  'Batch account': 'Batch account',
  'storage account': 'storage account',
  container: 'container',
  'page blob': 'page blob',
  gallery: 'gallery',
  'image definition': 'image definition',
  'image version': 'image version',
  pool: 'pool',
  'compute node': 'compute node',
  file: 'file',
}
