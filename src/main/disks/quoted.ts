/** The name of a file as one word of a command line on this computer. A name that cannot be typed is left as `FILE`. */
export function quoted(file: string, platform: NodeJS.Platform = process.platform): string {
  if (file === '' || /\p{C}/u.test(file)) return 'FILE'
  // A name that begins like an option would be taken for one.
  const name = file.startsWith('-') ? `./${file}` : file
  if (platform !== 'win32') return /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`
  // PowerShell: nothing is replaced between single quotes, and two of them are one.
  return /^[\w@+=:,.\\/-]+$/.test(name) ? name : `'${name.replace(/['‘’‚‛]/g, '$&$&')}'`
}
