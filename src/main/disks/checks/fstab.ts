import type { GuestFiles } from '../guest/files'

export type FstabLine = { device: string; path: string; type: string; options: string[] }

/** Lines of etc/fstab, comments left out; null where there is no such file. */
export function fstabOf(files: GuestFiles): FstabLine[] | null {
  const text = files.text('etc/fstab')
  if (text === null) return null
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([device]) => device && !device.startsWith('#'))
    .map(([device = '', path = '', type = '', options = '']) => ({ device, path, type, options: options.split(',') }))
}

/** Named after the order in which disks were found, which another machine finds otherwise. */
export function isMovable(device: string): boolean {
  return /^\/dev\/((sd|xvd|hd|vd)[a-z]|nvme\d)/.test(device)
}

export function isNetwork({ type }: FstabLine): boolean {
  return /^(nfs4?|cifs|smb3?|glusterfs|ceph|lustre|fuse\.sshfs)$/.test(type)
}
