/** The storage account of a request: it stands in front of the host, or of the path where a cloud has its accounts there. */
export function storageAccountAt(host: string, path: string): string {
  return /^\d|^localhost/.test(host) ? (path.split('/')[1] ?? '') : (host.split('.')[0] ?? '')
}
