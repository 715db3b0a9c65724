import type { DiskFormat } from '../../outputs'

/** What Azure's things are called; keys as the steps write them into the journal. */
export const kinds = {
  subscription: 'subscription',
  region: 'region',
  'resource group': 'resource group',
  'Batch account': 'Batch account',
  'storage account': 'storage account',
  container: 'container',
  'page blob': 'page blob',
  'block blob': 'block blob',
  'managed disk': 'managed disk',
  gallery: 'gallery',
  'image definition': 'image definition',
  'image version': 'image version',
  pool: 'pool',
  'key vault': 'key vault',
  'compute node': 'compute node',
  'virtual machine': 'VM',
  'virtual network': 'virtual network',
  'network security group': 'network security group',
  'network interface': 'network interface',
  'public IP address': 'public IP address',
  snapshot: 'snapshot',
  'VM extension': 'VM extension',
  'Marketplace image': 'Marketplace image',
  file: 'file',
}

/** What a file turned out to be, for formats that cannot be uploaded and those that can. */
export const formats: Record<DiskFormat, string> = {
  raw: 'raw disk',
  'vhd-fixed': 'VHD of fixed size',
  'vhd-dynamic': 'VHD of dynamic size',
  'vhd-differencing': 'differencing VHD',
  vhdx: 'VHDX',
  qcow2: 'qcow2',
  vmdk: 'VMDK',
  vdi: 'VDI',
  gzip: 'file packed with gzip',
  xz: 'file packed with xz',
  zstd: 'file packed with zstd',
  iso9660: 'CD or DVD image',
  unknown: 'no known disk format',
}
