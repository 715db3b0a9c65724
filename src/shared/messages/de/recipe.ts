import type { recipe as english } from '../en/recipe'

export const recipe: typeof english = {
  pick: {
    title: 'Installationsrezept öffnen',
    button: 'Rezept zeigen',
    files: 'Installationsrezepte',
    save: 'Installationsrezept speichern',
    file: 'Datei, die in die VM kopiert wird',
    folder: 'Ordner, der in die VM kopiert wird',
    take: 'Auswählen',
  },
  kept: {
    kept: 'Als Teil des Rezepts aufgenommen.',
    secret:
      'Nicht aufgenommen: Die Zeile enthält ein Kennwort oder einen Schlüssel oder fragt danach. Lassen Sie es stattdessen ein Skript holen.',
    failed: 'Nicht aufgenommen: Die Zeile endete nicht mit dem Code 0.',
  },
  repeatable: [
    'Ein Teil kann mehrmals laufen: nach einer verlorenen Verbindung, nach einer Änderung, beim nächsten Durchlauf. Schreiben Sie ihn so, dass das nicht schadet.',
    'Prüfen Sie, bevor Sie hinzufügen: „mkdir -p“, „grep -q … ||“ vor „>>“, Installationsprogramme still und reparierend.',
    'Unter Linux läuft ein Teil als root in bash und hält beim ersten Befehl an, der scheitert; unter Windows in PowerShell als Administrator.',
  ],
}
