/** Which driver a file is: `kernel/drivers/hv/hv_vmbus.ko.zst` is `hv_vmbus`; `-` and `_` are the same to the kernel. */
export function driverName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.replace(/\.ko(\.(gz|xz|zst|bz2))?$/, '').replaceAll('-', '_')
}
