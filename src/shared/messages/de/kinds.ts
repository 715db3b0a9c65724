import type { formats as englishFormats, kinds as english } from '../en/kinds'

export const kinds: typeof english = {
  subscription: 'Abonnement',
  region: 'Region',
  'resource group': 'Ressourcengruppe',
  'Batch account': 'Batch-Konto',
  'storage account': 'Speicherkonto',
  container: 'Container',
  'page blob': 'Seitenblob',
  'block blob': 'Blockblob',
  'managed disk': 'verwalteter Datenträger',
  gallery: 'Gallery',
  'image definition': 'Imagedefinition',
  'image version': 'Imageversion',
  pool: 'Pool',
  'key vault': 'Schlüsseltresor',
  'compute node': 'Computeknoten',
  file: 'Datei',
}

export const formats: typeof englishFormats = {
  raw: 'Rohdatenträger',
  'vhd-fixed': 'VHD mit fester Größe',
  'vhd-dynamic': 'VHD mit dynamischer Größe',
  'vhd-differencing': 'differenzierende VHD',
  vhdx: 'VHDX',
  qcow2: 'qcow2',
  vmdk: 'VMDK',
  vdi: 'VDI',
  gzip: 'mit gzip gepackte Datei',
  xz: 'mit xz gepackte Datei',
  zstd: 'mit zstd gepackte Datei',
  iso9660: 'CD- oder DVD-Abbild',
  unknown: 'kein bekanntes Datenträgerformat',
}
