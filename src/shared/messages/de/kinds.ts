import type { kinds as english } from '../en/kinds'

export const kinds: typeof english = {
  subscription: 'Abonnement',
  region: 'Region',
  'resource group': 'Ressourcengruppe',
  'Batch account': 'Batch-Konto',
  'storage account': 'Speicherkonto',
  container: 'Container',
  'page blob': 'Seitenblob',
  gallery: 'Gallery',
  'image definition': 'Imagedefinition',
  'image version': 'Imageversion',
  pool: 'Pool',
  'compute node': 'Computeknoten',
  file: 'Datei',
}
