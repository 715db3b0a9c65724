import { posix } from 'node:path'

/** `C:\Users\a` and `.\a` as places on the disk. */
export function placeOf(text: string, cwd: string): string {
  const plain = text.replace(/^FileSystem::/i, '').replaceAll('\\', '/')
  if (/^[A-Za-z]:/.test(plain))
    return posix.resolve('/', `/${plain.slice(0, 2).toUpperCase()}`, `.${plain.slice(2) || '/'}`)
  return posix.resolve(placeOf(cwd, 'C:\\'), plain.startsWith('/') ? `.${plain}` : plain.replace(/^~(?=\/|$)/, '.'))
}

/** A place of the disk as Windows writes it. */
export function windowsPath(place: string): string {
  const path = place.replace(/^\//, '').replaceAll('/', '\\')
  return /^[A-Za-z]:$/.test(path) ? `${path}\\` : path
}

/** Whether a path is one of the registry. */
export function isRegistryPath(path: string): boolean {
  return /^(Registry::|Microsoft\.PowerShell\.Core\\Registry::)?(HKLM|HKCU|HKEY_LOCAL_MACHINE|HKEY_CURRENT_USER|HKU|HKCR)(:|\\|$)/i.test(
    path,
  )
}

/** A path of the registry in its short form, without the provider. */
export function hivePath(path: string): string {
  return path
    .replace(/^(Microsoft\.PowerShell\.Core\\)?Registry::/i, '')
    .replaceAll('/', '\\')
    .replace(/^HKEY_LOCAL_MACHINE:?|^HKLM:?/i, 'HKLM:')
    .replace(/^HKEY_CURRENT_USER:?|^HKCU:?/i, 'HKCU:')
    .replace(/\\+/g, '\\')
    .replace(/\\$/, '')
}
