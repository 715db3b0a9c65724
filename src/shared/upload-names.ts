/** Names of what takes the disks of a run. `lun`: null for the disk with the system. */
export function diskNameFor(name: string, lun: number | null): string {
  // At most 80 characters: Azure REST reference, "Disks - Create Or Update".
  return lun === null ? name : `${name.slice(0, 80 - lunSuffix(lun).length)}${lunSuffix(lun)}`
}

export function blobNameFor(name: string, lun: number | null): string {
  if (lun === null) return name
  const dot = name.toLowerCase().endsWith('.vhd') ? name.length - 4 : name.length
  return `${name.slice(0, dot)}${lunSuffix(lun)}${name.slice(dot)}`
}

/** Of the block blob that becomes a page blob. */
export function stagingName(blobName: string): string {
  return `${blobName}.blocks`
}

function lunSuffix(lun: number): string {
  return `-lun${lun}`
}
