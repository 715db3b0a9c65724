/** What to write instead, per naming rule of `forms/names.ts`. */
export const names = {
  resourceGroup: 'Up to 90 letters, digits, hyphens, underscores, dots and brackets; no dot at the end.',
  batchAccount: '3 to 24 characters: lower-case letters and digits only.',
  storageAccount: '3 to 24 characters: lower-case letters and digits only. The name must be free in all of Azure.',
  container: '3 to 63 characters: lower-case letters, digits and single hyphens; a letter or digit at both ends.',
  blob: 'Up to 1,024 characters without \\ ? # and %; no dot or slash at the end.',
  disk: 'Up to 80 letters, digits, hyphens and underscores; a letter or digit first, no hyphen at the end.',
  lun: 'Each data disk needs a number (LUN) of its own, 0 to 63.',
  gallery: 'Up to 80 letters, digits, dots and underscores, no hyphens; a letter or digit at both ends.',
  imageDefinition: 'Up to 80 letters, digits, dots, hyphens and underscores; a letter or digit at both ends.',
  imagePart: 'Up to 64 letters, digits, dots, hyphens and underscores; a letter or digit first, no dot at the end.',
  imageVersion: 'Three whole numbers with dots, for example 1.0.0.',
  keyVault: 'The full resource id of a key vault: /subscriptions/…/providers/Microsoft.KeyVault/vaults/….',
  pool: 'Up to 64 letters, digits, hyphens and underscores.',
  vm: 'Up to 64 letters, digits and hyphens; a letter or digit at both ends. For Windows up to 15.',
  adminUser:
    'Up to 20 lower-case letters, digits, hyphens and underscores, a letter first; no name that systems reserve, such as admin or root.',
  cidr: 'An address range, for example 203.0.113.7/32.',
}
