import type { keys as english } from '../en/keys'

/** Dialogs about private keys. */
export const keys: typeof english = {
  pick: { title: 'Privaten Schlüssel wählen', button: 'Diesen Schlüssel verwenden' },
  save: { title: 'Privaten Schlüssel der Build-VM speichern', button: 'Speichern' },
}
