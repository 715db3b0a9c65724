/** Hex digits as other programs show them: `AB:CD:…`. */
export function fingerprintText(hex: string): string {
  return hex.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')
}

/** Prints the same on the VM: the certificate that Remote Desktop shows is the one in this store. */
export const compareCommand =
  "Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | ForEach-Object { [BitConverter]::ToString(" +
  "[Security.Cryptography.SHA256]::Create().ComputeHash($_.RawData)) -replace '-',':' }"
