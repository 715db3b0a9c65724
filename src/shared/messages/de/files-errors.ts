import type { filesErrors as English } from '../en/files-errors'

export const filesErrors: typeof English = {
  'session.disk-full': {
    what: 'Der Datenträger der VM ist voll: „{path}“ konnte nicht weitergeschrieben werden.',
    todo: 'Schaffen Sie in der VM Platz, oder beginnen Sie mit einem größeren Datenträger; setzen Sie dann fort. Was schon dort ist, wird nicht noch einmal gesendet.',
  },
  'files.lost': {
    what: 'Die Verbindung zur VM ist abgebrochen.',
    todo: 'Setzen Sie fort, sobald die Sitzung wieder verbunden ist: Was schon dort ist, wird geprüft und nicht noch einmal gesendet.',
  },
  'files.not-found': {
    what: 'In der VM gibt es „{name}“ nicht mehr.',
    todo: 'Laden Sie den Ordner neu; vielleicht wurde es verschoben, umbenannt oder entfernt.',
  },
  'files.no-folder': {
    what: 'Der Eintrag „{name}“ ist kein Ordner, der sich öffnen ließe.',
    todo: 'Laden Sie ihn herunter, um ihn anzusehen.',
  },
  'files.denied': {
    what: 'Der Benutzer dieser Sitzung darf das mit „{name}“ nicht tun.',
    todo: 'Kopieren Sie es in Ihren Basisordner und verschieben Sie es im Terminal mit sudo, oder lassen Sie es von einem Teil des Rezepts kopieren: Teile schreiben als root.',
  },
  'files.refused': {
    what: 'Die VM hat die Arbeit an „{name}“ ohne Begründung verweigert.',
    todo: 'Prüfen Sie den freien Platz, die Grenzen des Benutzers und ob der Name dort erlaubt ist; versuchen Sie es dann erneut.',
  },
  'files.exists': {
    what: 'Der Name „{name}“ ist schon vergeben.',
    todo: 'Wählen Sie einen anderen Namen, oder entfernen Sie zuerst das andere.',
  },
  'files.in-the-way': {
    what: 'Etwas anderer Art mit dem Namen „{name}“ steht im Weg.',
    todo: 'Ein Ordner ersetzt keine Datei und umgekehrt. Benennen Sie eines der beiden um, oder entfernen Sie es.',
  },
  'files.changed': {
    what: 'Die Datei „{name}“ hat sich während des Kopierens geändert.',
    todo: 'Warten Sie, bis niemand mehr hineinschreibt, und setzen Sie dann fort.',
  },
  'files.different': {
    what: 'Die Kopie von „{name}“ gleicht dem Original nicht und wurde deshalb entfernt.',
    todo: 'Setzen Sie fort: Die Datei wird neu kopiert. Geschieht es zweimal, ist auf dem Weg oder an einem Datenträger etwas beschädigt.',
  },
  'files.too-many': {
    what: 'Der Ordner „{name}“ enthält mehr als {limit:number} Dateien und Ordner.',
    todo: 'Packen Sie es in ein Archiv (tar, zip) und kopieren Sie dieses.',
  },
  'files.too-deep': {
    what: 'Die Ordner in „{name}“ sind zu tief ineinander verschachtelt.',
    todo: 'Packen Sie es in ein Archiv (tar, zip) und kopieren Sie dieses.',
  },
  'files.too-large': {
    what: 'Die Datei „{name}“ ist größer als {bytes:size}.',
    todo: 'Laden Sie die Datei herunter, statt sie zu öffnen.',
  },
}
