import type { GuestFiles } from '../guest/files'

export type Account = {
  name: string
  /** Without a slash at the start. */
  home: string
  /** Not one of the system's own: a user id of 1000 or more. */
  isPerson: boolean
  /** Whether somebody could log in with a password, an empty one included. */
  hasPassword: boolean
}

const firstPerson = 1000
const nobody = 65_534

/** Accounts as etc/passwd and etc/shadow have them; null where these cannot be read. */
export function accountsOf(files: GuestFiles): Account[] | null {
  const passwd = files.text('etc/passwd')
  const shadow = files.text('etc/shadow')
  if (passwd === null || shadow === null) return null
  const hashes = new Map(rowsOf(shadow).map(([name = '', hash = '']) => [name, hash]))
  return rowsOf(passwd).map(([name = '', , id = '', , , home = '']) => ({
    name,
    home: home.replace(/^\/+/, ''),
    isPerson: Number(id) >= firstPerson && Number(id) !== nobody,
    // `!` and `*` are no hash; with `!` before it, a hash is locked.
    hasPassword: !/^[!*]/.test(hashes.get(name) ?? '!'),
  }))
}

function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.split(':'))
}
